package policies_test

import "ssisaudit/collectors/facts"

// notOpened is an attempt to log in to a replica that ended with this error of SQL Server.
func notOpened(replica, number int) func(*facts.Document) {
	return func(d *facts.Document) {
		d.Replicas[min(replica, len(d.Replicas)-1)].LoggingLogin = seen(facts.LoginAttempt{User: loggingLogin, ErrorNumber: number, Error: "refused"})
	}
}

func init() {
	groups := func(do func(*facts.AvailabilityGroup)) func(*facts.Document) {
		return func(d *facts.Document) {
			for i := range d.Replicas {
				group := (*d.Replicas[i].AvailabilityGroups.Value)[0]
				do(&group)
				d.Replicas[i].AvailabilityGroups = seen([]facts.AvailabilityGroup{group})
			}
		}
	}
	replicasOf := func(do func([]facts.AvailabilityReplica) []facts.AvailabilityReplica) func(*facts.Document) {
		return groups(func(g *facts.AvailabilityGroup) {
			g.Replicas = do(append([]facts.AvailabilityReplica{}, g.Replicas...))
		})
	}
	addresses := func(list ...facts.ListenerAddress) func(*facts.AvailabilityGroup) {
		return func(g *facts.AvailabilityGroup) {
			g.Listeners = []facts.Listener{{Name: "ssis-agl", Port: 1433, Conformant: true, Addresses: list}}
		}
	}
	online := func(address string) facts.ListenerAddress {
		return facts.ListenerAddress{Address: address, Mask: "255.255.255.0", State: "ONLINE"}
	}
	offline := func(address string) facts.ListenerAddress {
		return facts.ListenerAddress{Address: address, Mask: "255.255.255.0", State: "OFFLINE"}
	}
	subnets := groups(addresses(online("10.0.0.20"), offline("10.0.1.20")))
	multiSubnet := func(d *facts.Document, timeouts ...string) {
		subnets(d)
		for i, seconds := range timeouts {
			d.Nodes[i].MasterSettings.Value.SQLConnectionTimeoutInSecs = seconds
		}
	}
	stateOfSQLB := func(do func(*facts.AvailabilityState)) func(*facts.Document) {
		return func(d *facts.Document) {
			all := states("SQLA", true)
			do(&all[1])
			own := all[1]
			d.Replicas[0].AvailabilityStates, d.Replicas[1].AvailabilityStates = seen(all), seen([]facts.AvailabilityState{own})
		}
	}
	logins := func(r *facts.Replica, do func(*facts.Login)) {
		list := append([]facts.Login{}, *r.Logins.Value...)
		do(&list[0])
		r.Logins = seen(list)
	}
	user := func(do func(*facts.DatabaseUser)) func(*facts.Document) {
		return func(d *facts.Document) { do(&(*d.Catalog.Users.Value)[0]) }
	}
	setting := func(do func(*facts.MasterSettings)) func(*facts.Document) {
		return func(d *facts.Document) { do(d.Nodes[1].MasterSettings.Value) }
	}
	byWindows := func(d *facts.Document) {
		c := d.Catalog.LoggingConnection.Value
		c.UserID, c.IntegratedSecurity, c.PasswordSet = "", true, false
		(*d.Catalog.Users.Value)[1].Roles = []string{"ssis_admin", "ssis_cluster_worker"}
	}

	mutations = append(mutations, []mutation{
		{"SSISDB was taken out of its availability group", func(d *facts.Document) {
			groups(func(g *facts.AvailabilityGroup) { g.Databases = []string{"SSISDB2"} })(d)
		}, []string{"HA-4.1 [SSISDB]"}},
		{"there is no availability group", func(d *facts.Document) {
			for i := range d.Replicas {
				d.Replicas[i].AvailabilityGroups = seen([]facts.AvailabilityGroup{})
				d.Replicas[i].AvailabilityStates = seen([]facts.AvailabilityState{})
			}
		}, []string{"HA-4.1 [SSISDB]"}},
		{"SQLB was evicted from the group, which has one replica left", replicasOf(
			func(list []facts.AvailabilityReplica) []facts.AvailabilityReplica { return list[:1] }),
			[]string{"HA-4.2 [etl]"}},
		{"SQLC has the second replica, and SQLB the second master", func(d *facts.Document) {
			replicasOf(func(list []facts.AvailabilityReplica) []facts.AvailabilityReplica { list[1].Name = "SQLC"; return list })(d)
			d.Catalog.AlwaysOnReplicas = seen([]facts.AlwaysOnReplica{{Name: "SQLA", State: 1}, {Name: "SQLC", State: 2}})
		}, []string{"HA-4.2 [etl]"}},
		{"a third master on a node without a replica", func(d *facts.Document) {
			third := d.Nodes[1]
			third.Name, third.Identity = "SQLC", seen(*third.Identity.Value)
			third.Identity.Value.ComputerName, third.Identity.Value.HostName = "SQLC", "SQLC"
			for i := range d.Nodes {
				d.Nodes[i].Cluster.Value.Nodes = []string{"SQLA", "SQLB", "SQLC"}
			}
			for i := range d.Replicas {
				d.Replicas[i].Cluster.Value.Members = append(d.Replicas[i].Cluster.Value.Members,
					facts.SQLClusterMember{Name: "SQLC", Type: "CLUSTER_NODE", State: "UP"})
			}
			d.Nodes = append(d.Nodes, third)
		}, []string{"HA-4.2 [etl]"}},
		{"SSISDB is not synchronised on SQLB", stateOfSQLB(func(s *facts.AvailabilityState) {
			s.SSISDBState, s.Health = "NOT SYNCHRONIZING", "NOT_HEALTHY"
		}), []string{"HA-4.3 [SQLB]"}},
		{"SSISDB is still synchronising on SQLB", stateOfSQLB(func(s *facts.AvailabilityState) {
			s.SSISDBState = "SYNCHRONIZING"
		}), []string{"HA-4.3 [SQLB]"}},
		{"SQLB is not healthy", stateOfSQLB(func(s *facts.AvailabilityState) { s.Health = "PARTIALLY_HEALTHY" }),
			[]string{"HA-4.3 [SQLB]"}},
		{"SSISDB is suspended on SQLB", stateOfSQLB(func(s *facts.AvailabilityState) { s.SSISDBSuspended = true }),
			[]string{"HA-4.3 [SQLB]"}},
		{"SQLB is disconnected", stateOfSQLB(func(s *facts.AvailabilityState) { s.Connected = "DISCONNECTED" }),
			[]string{"HA-4.3 [SQLB]"}},
		{"the group has no listener", groups(func(g *facts.AvailabilityGroup) { g.Listeners = nil }),
			[]string{"HA-4.4 [SSISDB's availability group]"}},
		{"the listener is offline", groups(addresses(offline("10.0.0.20"))),
			[]string{"HA-4.4 [SSISDB's availability group]"}},
		{"the listener has no address", groups(addresses()), []string{"HA-4.4 [SSISDB's availability group]"}},
		{"the stated listener is another group's", groups(func(g *facts.AvailabilityGroup) {
			addresses(online("10.0.0.20"))(g)
			g.Listeners[0].Name = "ssis-agl2"
		}), []string{"HA-4.4 [SSISDB's availability group]"}},
		{"SQLB fails over by hand", replicasOf(func(list []facts.AvailabilityReplica) []facts.AvailabilityReplica {
			list[1].FailoverMode = "MANUAL"
			return list
		}), []string{"HA-4.11 [SSISDB's availability group]"}},
		{"SQLB commits asynchronously", replicasOf(func(list []facts.AvailabilityReplica) []facts.AvailabilityReplica {
			list[1].AvailabilityMode, list[1].FailoverMode = "ASYNCHRONOUS_COMMIT", "MANUAL"
			return list
		}), []string{"HA-4.11 [SSISDB's availability group]"}},
		{"the primary fails over by hand", replicasOf(func(list []facts.AvailabilityReplica) []facts.AvailabilityReplica {
			list[0].FailoverMode = "MANUAL"
			return list
		}), []string{"HA-4.11 [SSISDB's availability group]"}},
		{"the group is contained", groups(func(g *facts.AvailabilityGroup) { g.Contained = true }),
			[]string{"HA-4.12 [SSISDB's availability group]"}},
		{"the group is a distributed one", groups(func(g *facts.AvailabilityGroup) { g.Distributed = true }),
			[]string{"HA-4.12 [SSISDB's availability group]"}},
		{"the group is one side of a distributed one", func(d *facts.Document) {
			for i := range d.Replicas {
				d.Replicas[i].AvailabilityGroups = seen([]facts.AvailabilityGroup{(*d.Replicas[i].AvailabilityGroups.Value)[0],
					{Name: "DAG", Distributed: true, Replicas: []facts.AvailabilityReplica{{Name: "AG-SSIS"}, {Name: "AG-DR"}}}})
			}
		}, []string{"HA-4.12 [SSISDB's availability group]"}},
		{"SQLB is seeded automatically", replicasOf(func(list []facts.AvailabilityReplica) []facts.AvailabilityReplica {
			list[1].SeedingMode = "AUTOMATIC"
			return list
		}), []string{"HA-4.13 [SQLB]"}},

		{"CleanupCompletedJobsIntervalInMs on SQLB", setting(func(s *facts.MasterSettings) {
			s.CleanupCompletedJobsIntervalInMs = "1000"
		}), []string{"HA-5.2 [etl]"}},
		{"DealWithExpiredTasksIntervalInMs on SQLB", setting(func(s *facts.MasterSettings) {
			s.DealWithExpiredTasksIntervalInMs = "1000"
		}), []string{"HA-5.2 [etl]"}},
		{"MasterHeartbeatIntervalInMs on SQLB", setting(func(s *facts.MasterSettings) {
			s.MasterHeartbeatIntervalInMs = "60000"
		}), []string{"HA-5.2 [etl]"}},
		{"a longer SqlConnectionTimeoutInSecs on SQLB", setting(func(s *facts.MasterSettings) {
			s.SQLConnectionTimeoutInSecs = "20"
		}), []string{"HA-5.2 [etl]"}},
		{"SqlConnectionTimeoutInSecs is too short on SQLB", setting(func(s *facts.MasterSettings) {
			s.SQLConnectionTimeoutInSecs = "14"
		}), []string{"HA-5.3 [SQLB]"}},
		{"SqlConnectionTimeoutInSecs is too short on SQLB for two subnets", func(d *facts.Document) {
			multiSubnet(d, "30", "29")
			d.Catalog.LoggingConnection.Value.MultiSubnetFailover = true
		}, []string{"HA-5.3 [SQLB]"}},

		{"SQLB lacks the logging login", func(d *facts.Document) {
			logins(second(d), func(l *facts.Login) { l.Name = "##MS_SSISServerCleanupJobLogin##" })
		}, []string{"HA-6.1 [SQLB]"}},
		{"the logging login is disabled on SQLB", func(d *facts.Document) {
			logins(second(d), func(l *facts.Login) { l.Disabled = true })
		}, []string{"HA-6.1 [SQLB]"}},
		{"the primary lacks the logging login", func(d *facts.Document) {
			logins(&d.Replicas[0], func(l *facts.Login) { l.Name = "##MS_SSISServerCleanupJobLogin##" })
		}, []string{"HA-6.1 [SQLA]"}},
		{"the logging login was added to SQLB without its SID", func(d *facts.Document) {
			logins(second(d), func(l *facts.Login) { l.SID = "00112233445566778899AABBCCDDEEFF" })
		}, []string{"HA-6.2 [etl]"}},
		{"the logging login of the primary was made anew", func(d *facts.Document) {
			logins(&d.Replicas[0], func(l *facts.Login) { l.SID = "00112233445566778899AABBCCDDEEFF" })
		}, []string{"HA-6.2 [etl]", "HA-6.3 [SSISDB]"}},
		{"the logging login was added to SQLB without its SID, and disabled", func(d *facts.Document) {
			logins(second(d), func(l *facts.Login) { l.SID, l.Disabled = "00112233445566778899AABBCCDDEEFF", true })
		}, []string{"HA-6.1 [SQLB]", "HA-6.2 [etl]"}},
		{"the logging login was added to SQLB without its SID, and with another password", func(d *facts.Document) {
			logins(second(d), func(l *facts.Login) { l.SID = "00112233445566778899AABBCCDDEEFF" })
			notOpened(1, 18456)(d)
		}, []string{"HA-6.2 [etl]", "HA-6.7 [SQLB]"}},
		{"the logging user is orphaned", user(func(u *facts.DatabaseUser) { u.SID = "00112233445566778899AABBCCDDEEFF" }),
			[]string{"HA-6.3 [SSISDB]"}},
		{"the logging user was dropped", func(d *facts.Document) {
			d.Catalog.Users = seen((*d.Catalog.Users.Value)[1:])
		}, []string{"HA-6.3 [SSISDB]"}},
		{"the logging user is in no role", user(func(u *facts.DatabaseUser) { u.Roles = []string{} }),
			[]string{"HA-6.3 [SSISDB]"}},
		{"the logging login was added to SQLB with another password", notOpened(1, 18456), []string{"HA-6.7 [SQLB]"}},
		{"the logging login is locked out on the primary", notOpened(0, 18486), []string{"HA-6.7 [SQLA]"}},
		{"the credentials do not open SQLB, which lacks the logging login", func(d *facts.Document) {
			logins(second(d), func(l *facts.Login) { l.Name = "##MS_SSISServerCleanupJobLogin##" })
			notOpened(1, 18456)(d)
		}, []string{"HA-6.1 [SQLB]"}},
		{"the credentials do not open SQLB, which allows no SQL logins", func(d *facts.Document) {
			second(d).Instance.Value.WindowsAuthenticationOnly = true
			notOpened(1, 18456)(d)
		}, []string{"HA-6.6 [SQLB]"}},
		{"the logging password ends in ] and opens no replica", func(d *facts.Document) {
			d.Catalog.LoggingConnection.Value.PasswordEndsInBracket = true
			notOpened(0, 18456)(d)
			notOpened(1, 18456)(d)
		}, []string{"HA-6.7 [SQLA]", "HA-6.7 [SQLB]", "HA-6.8 [SSISDB]"}},
		{"the logging password ends in ]", func(d *facts.Document) {
			d.Catalog.LoggingConnection.Value.PasswordEndsInBracket = true
		}, []string{"HA-6.8 [SSISDB]"}},
		{"the logging connection does not say that there are two subnets", func(d *facts.Document) {
			multiSubnet(d, "30", "30")
		}, []string{"HA-6.9 [SSISDB]"}},
		{"WRK2 logs with another Windows account", func(d *facts.Document) {
			byWindows(d)
			d.Workers[1].WorkerService.Value.Account = `CONTOSO\svc-etl`
		}, []string{"HA-6.10 [WRK2]"}},
		{"WRK2 logs with an account of its own", func(d *facts.Document) {
			byWindows(d)
			d.Workers[1].WorkerService.Value.Account = `.\svc-ssis`
		}, []string{"HA-6.10 [WRK2]"}},
		{"the workers' Windows account is in no role", func(d *facts.Document) {
			byWindows(d)
			(*d.Catalog.Users.Value)[1].Roles = []string{"ssis_admin"}
		}, []string{"HA-6.10 [WRK1]", "HA-6.10 [WRK2]"}},
	}...)
}

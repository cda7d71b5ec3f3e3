#!/bin/sh
# Makes the certificates of the tests with OpenSSL, which signs with MD5 and SHA-1 and knows the curves that Go refuses.
set -eu
cd "$(dirname "$0")"
keep=$(mktemp -d)
trap 'rm -rf "$keep"' EXIT
make() { # name, subject, further arguments of openssl req
	name=$1 subject=$2
	shift 2
	openssl req -x509 -nodes -newkey rsa:2048 -keyout "$keep/key.pem" -days 3650 -outform DER -out "$name.der" \
		-subj "$subject" "$@" 2>/dev/null
}
make sha256 '/DC=com/DC=contoso/CN=SQLA.contoso.com/CN=ssis-master.contoso.com' -addext 'subjectAltName=DNS:ssis-master.contoso.com,DNS:ssis-master'
make sha1 '/CN=ssis-master.contoso.com' -sha1
make md5 '/O=Old Root, Inc./CN=Old Root' -md5
make negative-serial '/CN=ssis-master.contoso.com' -sha1 -set_serial -81985529216486895
make brainpool '/CN=ssis-master.contoso.com' -newkey ec -pkeyopt ec_paramgen_curve:brainpoolP256r1
make ed25519 '/CN=ssis-master.contoso.com' -newkey ed25519
make p384 '/CN=ssis-master.contoso.com+OU=SSIS' -multivalue-rdn -newkey ec -pkeyopt ec_paramgen_curve:P-384
cat >"$keep/bmp.cnf" <<CNF
[req]
distinguished_name = dn
string_mask = pkix
prompt = no
[dn]
CN = 마스터
CNF
make bmp-string '/CN=x' -utf8 -config "$keep/bmp.cnf" -subj '/CN=마스터'
cat >"$keep/t61.cnf" <<CNF
[req]
distinguished_name = dn
string_mask = MASK:0x4
prompt = no
[dn]
CN = Müller
CNF
make t61-string '/CN=x' -utf8 -config "$keep/t61.cnf" -subj '/CN=Müller'
# Issued by another key under the same name: subject and issuer are equal, and yet it is not self-signed.
openssl genrsa -out "$keep/leaf.pem" 2048 2>/dev/null
openssl req -new -key "$keep/leaf.pem" -subj '/CN=ssis-master.contoso.com' -out "$keep/leaf.csr"
openssl req -x509 -nodes -newkey rsa:2048 -keyout "$keep/ca.pem" -out "$keep/ca.crt" -days 3650 \
	-subj '/CN=ssis-master.contoso.com' 2>/dev/null
openssl x509 -req -in "$keep/leaf.csr" -CA "$keep/ca.crt" -CAkey "$keep/ca.pem" -days 3650 -outform DER -out same-name.der 2>/dev/null

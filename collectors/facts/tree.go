package facts

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

// Tree returns the document as Decode would read its JSON: objects as maps, lists as []any, numbers as int64, times as
// text. It is for evaluating policies, and many times faster than by way of the text.
func (d Document) Tree() (map[string]any, error) {
	tree := treeOf(reflect.ValueOf(d.tidied())).(map[string]any)
	if err := checkNames(tree); err != nil {
		return nil, fmt.Errorf("the facts document contradicts itself: %w", err)
	}
	if err := checkObservations("", tree); err != nil {
		return nil, fmt.Errorf("the facts document contradicts itself: %w", err)
	}
	return tree, nil
}

func treeOf(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return t.Format(time.RFC3339)
		}
		fields := jsonFields(v.Type())
		object := make(map[string]any, len(fields))
		for _, f := range fields {
			if value := v.Field(f.index); !f.omitEmpty || !value.IsZero() {
				object[f.name] = treeOf(value)
			}
		}
		return object
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = treeOf(v.Index(i))
		}
		return list
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return treeOf(v.Elem())
	case reflect.String:
		return strings.ToValidUTF8(v.String(), "\uFFFD")
	case reflect.Bool:
		return v.Bool()
	case reflect.Int:
		return v.Int()
	case reflect.Uint32:
		return int64(v.Uint())
	default:
		panic("facts have a type that a tree has not: " + v.Type().String())
	}
}

type jsonField struct {
	name      string
	index     int
	omitEmpty bool
}

var fieldsByType sync.Map // reflect.Type -> []jsonField

// jsonFields are the fields of a struct type as encoding/json names them.
func jsonFields(t reflect.Type) []jsonField {
	if known, ok := fieldsByType.Load(t); ok {
		return known.([]jsonField)
	}
	var fields []jsonField
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields = append(fields, jsonField{name: name, index: i, omitEmpty: options == "omitempty"})
	}
	fieldsByType.Store(t, fields)
	return fields
}

// tidied is the document in the form in which it is written.
func (d Document) tidied() Document {
	d.Schema = SchemaID
	var t Document
	tidy(reflect.ValueOf(&t).Elem(), reflect.ValueOf(d))
	return t
}

// tidy copies src to dst with every slice made (never nil), slices of named things sorted by name, and times in UTC
// whole seconds of the years that RFC 3339 has, which compare as text.
func tidy(dst, src reflect.Value) {
	if t, ok := src.Interface().(time.Time); ok {
		t = t.UTC().Truncate(time.Second)
		if t.Year() > 9999 {
			t = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
		} else if t.Year() < 1 {
			t = time.Time{}
		}
		dst.Set(reflect.ValueOf(t))
		return
	}
	switch src.Kind() {
	case reflect.Struct:
		dst.Set(src)
		for i := range src.NumField() {
			if src.Type().Field(i).IsExported() {
				tidy(dst.Field(i), src.Field(i))
			}
		}
	case reflect.Pointer:
		if src.IsNil() {
			return
		}
		dst.Set(reflect.New(src.Type().Elem()))
		tidy(dst.Elem(), src.Elem())
	case reflect.Slice:
		dst.Set(reflect.MakeSlice(src.Type(), src.Len(), src.Len()))
		for i := range src.Len() {
			tidy(dst.Index(i), src.Index(i))
		}
		sortByName(dst)
	default:
		dst.Set(src)
	}
}

func sortByName(list reflect.Value) {
	elem := list.Type().Elem()
	if elem.Kind() != reflect.Struct {
		return
	}
	if _, named := elem.FieldByName("Name"); !named {
		return
	}
	items := make([]reflect.Value, list.Len())
	for i := range items {
		items[i] = reflect.New(elem).Elem()
		items[i].Set(list.Index(i))
	}
	slices.SortStableFunc(items, func(a, b reflect.Value) int {
		return strings.Compare(a.FieldByName("Name").String(), b.FieldByName("Name").String())
	})
	for i, item := range items {
		list.Index(i).Set(item)
	}
}

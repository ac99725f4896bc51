package report

import (
	"encoding/json"
	"io"
	"reflect"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/trace"
)

// PostureJSON prints the posture of every cluster as rules see it, with what the fleet wants of it. Lists are never null.
func PostureJSON(w io.Writer, clusters []trace.Cluster) error {
	type cluster struct {
		Cluster controller.Cluster `json:"cluster"`
		Posture posture.Posture    `json:"posture"`
		Wanted  controller.Wanted  `json:"wanted"`
	}
	out := struct {
		Version  string    `json:"version"`
		Clusters []cluster `json:"clusters"`
	}{Version: "1", Clusters: []cluster{}}
	for _, c := range clusters {
		facts := c.Facts
		facts.Name = c.Name
		out.Clusters = append(out.Clusters, cluster{facts, c.Posture, c.Wanted})
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &out); err != nil { // a copy of its own
		return err
	}
	noNulls(reflect.ValueOf(&out).Elem())
	return JSON(w, out)
}

// noNulls makes every list and map that is nil an empty one.
func noNulls(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				noNulls(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			noNulls(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
}

// An independent opinion on policies: reads cases as JSON lines, writes verdicts as JSON lines. It shares nothing with
// the product but the objects of the Kubernetes API. `check` is what np-guard's netpol-analyzer says of one connection,
// `list` what its other half, computed by sets of connections, holds; selectors are judged by Calico's own parser.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/np-guard/netpol-analyzer/pkg/manifests/parser"
	"github.com/np-guard/netpol-analyzer/pkg/netpol/eval"
	calico "github.com/projectcalico/libcalico-go/lib/selector"
	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	adminv1 "sigs.k8s.io/network-policy-api/apis/v1alpha1"
)

type question struct {
	Namespaces []corev1.Namespace    `json:"namespaces"`
	Pods       []corev1.Pod          `json:"pods"`
	Policies   []netv1.NetworkPolicy `json:"policies"`

	Admins    []adminv1.AdminNetworkPolicy         `json:"admins"`
	Baselines []adminv1.BaselineAdminNetworkPolicy `json:"baselines"`

	Queries   [][4]string `json:"queries"`
	Selectors []struct {
		Selector string              `json:"selector"`
		Labels   []map[string]string `json:"labels"`
	} `json:"selectors"`
}

type answer struct {
	Check     string   `json:"check,omitempty"`
	List      string   `json:"list,omitempty"`
	Errors    []string `json:"errors,omitempty"`
	Selectors []string `json:"selectors,omitempty"`
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<28)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var asked question
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		line, _ := json.Marshal(judge(asked))
		out.Write(append(line, '\n'))
		out.Flush()
	}
}

func judge(asked question) answer {
	var said answer
	for _, one := range asked.Selectors {
		said.Selectors = append(said.Selectors, selected(one.Selector, one.Labels))
	}
	if len(asked.Queries) == 0 {
		return said
	}
	engine, err := eval.NewPolicyEngineWithObjects(objects(asked))
	if err != nil {
		said.Errors = append(said.Errors, err.Error())
		said.Check, said.List = strings.Repeat("E", len(asked.Queries)), strings.Repeat("E", len(asked.Queries))
		return said
	}
	peers, err := engine.GetPeersList()
	if err != nil {
		said.Errors = append(said.Errors, err.Error())
	}
	var check, list strings.Builder
	for _, query := range asked.Queries {
		allowed, err := engine.CheckIfAllowed(query[0], query[1], query[2], query[3])
		check.WriteString(letter(allowed, err))
		if err != nil {
			said.Errors = append(said.Errors, err.Error())
		}
		list.WriteString(listed(engine, peers, query))
	}
	said.Check, said.List = check.String(), list.String()
	return said
}

func objects(asked question) []parser.K8sObject {
	var all []parser.K8sObject
	for i := range asked.Namespaces {
		all = append(all, parser.K8sObject{Kind: parser.Namespace, Namespace: &asked.Namespaces[i]})
	}
	for i := range asked.Pods {
		all = append(all, parser.K8sObject{Kind: parser.Pod, Pod: &asked.Pods[i]})
	}
	for i := range asked.Policies {
		all = append(all, parser.K8sObject{Kind: parser.NetworkPolicy, NetworkPolicy: &asked.Policies[i]})
	}
	for i := range asked.Admins {
		all = append(all, parser.K8sObject{Kind: parser.AdminNetworkPolicy, AdminNetworkPolicy: &asked.Admins[i]})
	}
	for i := range asked.Baselines {
		all = append(all, parser.K8sObject{Kind: parser.BaselineAdminNetworkPolicy, BaselineAdminNetworkPolicy: &asked.Baselines[i]})
	}
	return all
}

func listed(engine *eval.PolicyEngine, peers []eval.Peer, query [4]string) string {
	from, to := peerOf(peers, query[0]), peerOf(peers, query[1])
	if from == nil || to == nil {
		return "-"
	}
	connections, err := engine.AllAllowedConnectionsBetweenWorkloadPeers(from, to)
	if err != nil {
		return "E"
	}
	return letter(connections.Contains(query[3], query[2]), nil)
}

func peerOf(peers []eval.Peer, name string) eval.Peer {
	address, err := netip.ParseAddr(name)
	for _, peer := range peers {
		if err != nil {
			if !peer.IsPeerIPType() && peer.Namespace()+"/"+peer.Name() == name {
				return peer
			}
		} else if peer.IsPeerIPType() && within(peer.String(), address) {
			return peer
		}
	}
	return nil
}

// within tells whether an address lies in ranges as netpol-analyzer writes them: `10.0.0.0-10.0.0.255, 10.1.0.0/16`.
func within(ranges string, address netip.Addr) bool {
	for _, one := range strings.Split(ranges, ",") {
		one = strings.TrimSpace(one)
		if prefix, err := netip.ParsePrefix(one); err == nil {
			if prefix.Contains(address) {
				return true
			}
			continue
		}
		first, last, isRange := strings.Cut(one, "-")
		if !isRange {
			last = first
		}
		low, err := netip.ParseAddr(first)
		high, err2 := netip.ParseAddr(last)
		if err == nil && err2 == nil && low.Compare(address) <= 0 && address.Compare(high) <= 0 {
			return true
		}
	}
	return false
}

func selected(text string, labels []map[string]string) string {
	parsed, err := calico.Parse(text)
	if err != nil {
		return "E"
	}
	var said strings.Builder
	for _, one := range labels {
		said.WriteString(letter(parsed.Evaluate(one), nil))
	}
	return said.String()
}

func letter(yes bool, err error) string {
	if err != nil {
		return "E"
	}
	if yes {
		return "1"
	}
	return "0"
}

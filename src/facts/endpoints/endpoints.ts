import type { Family, Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** The endpoints behind a Service: one EndpointSlice or an Endpoints object. Cluster scope. */
export type Endpoints = Fact & {
  readonly namespace: string;
  readonly name: string;
  readonly service: string;
  /** What an EndpointSlice holds addresses of (`addressType`); `null`: of neither family (FQDN). An Endpoints object does not tell. */
  readonly family?: Told<Family | null>;
  readonly ports: readonly { readonly name: string; readonly protocol: 'TCP' | 'UDP' | 'SCTP'; readonly port: number | null }[];
  readonly addresses: readonly {
    readonly address: Ip;
    readonly ready: Told<boolean>;
    readonly serving: Told<boolean>;
    readonly terminating: Told<boolean>;
    readonly node: Told<string | null>;
    readonly pod: Told<string | null>;
    readonly zone?: Told<string | null>;
    /** The zones, and the nodes, that the control plane wants to use it; `null`: it gave no hint. */
    readonly forZones?: Told<readonly string[] | null>;
    readonly forNodes?: Told<readonly string[] | null>;
  }[];
};

export const endpoints = defineKind<Endpoints>()({
  id: 'endpoints',
  is: 'the endpoints of a Service',
  key: (fact) => `${fact.namespace}/${fact.name}`,
  capture: 'kubectl get endpointslices -A -o json',
});

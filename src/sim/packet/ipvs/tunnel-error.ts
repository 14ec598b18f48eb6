import { end, type Next, unknown } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { requested } from './connection.ts';
import { looksInto } from './quoted.ts';
import type { servicesOf } from './service.ts';

type Services = Exclude<ReturnType<typeof servicesOf>, null | { why: string }>;

/** An error about what was wrapped for a server is told to the client as one about its own packet (ip_vs_in_icmp, its case of IPIP). Nothing for any other. */
export function tunnelError(run: Run, skb: Skb, services: Services): Next | undefined {
  const { packet, stack } = skb;
  const { icmp } = packet;
  const about = icmp?.carried;
  if (icmp === null || about === undefined || icmp.inner?.protocol !== 'ipip' || !looksInto(packet)) return undefined;
  const to = icmp.inner.destination;
  const isTunnelled = [...services.values()].some(({ servers }) =>
    servers.some(({ address, forward }) => address === to && forward === 'tunnel'),
  );
  const known = isTunnelled ? requested(run, stack, about) : undefined;
  if (known === undefined) return undefined;
  if (icmp.mtu !== undefined) {
    const detail = `what IPVS makes of the path MTU to ${to} is not modelled`;
    return unknown(skb, { of: 'ipvs-connection', scope: stack.scope, why: 'not modelled', detail }, known.by);
  }
  const says = `IPVS tells ${about.source} that ${about.destination} has an error`;
  const error = { type: icmp.type, code: icmp.code, about, from: about.destination };
  return end(skb, { disposition: 'delivered', code: 'DELIVERED', says, by: known.by, error });
}

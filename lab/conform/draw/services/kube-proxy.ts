import { construct, type Site } from '../construct.ts';
import type { Aim } from '../packet.ts';
import { type DrawnService, serviceLines, sharedLines } from '../kube-proxy-lines.ts';
import type { Rule } from '../rule.ts';

/** A Service on one of the virtual addresses: a port, endpoints of this scene or none, now and then node ports and outside addresses. */
function service({ dice, family, pool, layout, fresh }: Site, address: string): DrawnService {
  const virtual = layout.virtual[family];
  const real = pool.addresses.filter((one) => !virtual.includes(one));
  return {
    id: fresh('S').toUpperCase(),
    family,
    address,
    port: dice.pick(pool.ports),
    protocol: dice.pick(['tcp', 'tcp', 'udp']),
    targetPort: dice.pick(pool.ports),
    endpoints: dice.roll(6) === 0 ? [] : dice.shuffle(real).slice(0, 1 + dice.roll(3)),
    nodePort: dice.roll(2) === 0 ? 30080 + dice.roll(3) : null,
    outside: virtual.find((one) => one !== address && dice.roll(2) === 0) ?? null,
    sourceRange: dice.roll(3) === 0 ? dice.pick(pool.prefixes) : null,
    isLocal: dice.roll(3) === 0,
    pods: dice.pick(pool.prefixes),
  };
}

/** kube-proxy's tables in iptables mode, in the order in which it writes them, for a few Services. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    const { dice, here, family, backend, layout } = site;
    if (here.role === 'end') return null;
    const services = dice
      .shuffle(layout.virtual[family])
      .flatMap((address) => Array.from({ length: 1 + dice.roll(2) }, () => service(site, address)));
    const lines = [...sharedLines(), ...services.flatMap((one) => serviceLines(one)), ...lastLines];
    const rules = lines.map(([table, text]): Rule => ({ in: here.name, by: [], form: 'iptables', backend, family, table, text }));
    return { rules, aims: services.flatMap((one) => aimsOf(site, one)) };
  },
});

const lastLines = [
  [
    'nat',
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
  ],
] as const;

function aimsOf({ here }: Site, { address, port, protocol, nodePort, outside, family }: DrawnService): readonly Aim[] {
  const meant = { protocol, ...(protocol === 'tcp' ? { flags: 'S' } : {}) } as const;
  const own = here.devices.flatMap(({ addresses }) => addresses).find((one) => one.includes(':') === (family === 6));
  return [
    { ...meant, destination: address, dport: port },
    { ...meant, destination: address, dport: port },
    ...(outside === null ? [] : [{ ...meant, destination: outside, dport: port }]),
    ...(nodePort === null || own === undefined ? [] : [{ ...meant, destination: own.split('/')[0] ?? own, dport: nodePort }]),
  ];
}

import { construct, numberOf } from '../construct.ts';
import type { Rule } from '../rule.ts';

/** What kube-proxy writes in its nftables mode, for a few Services: maps of verdicts, endpoints by chance, masquerading by mark. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, pool, layout, fresh }) => {
    const ip = family === 4 ? 'ip' : 'ip6';
    const type = family === 4 ? 'ipv4_addr' : 'ipv6_addr';
    const table = `${ip} ${fresh('kube')}`;
    const virtual = layout.virtual[family];
    const [cluster, ...others] = dice.shuffle(virtual);
    const [port = 80, target = 8080, closed = 443] = dice.shuffle(pool.ports);
    const endpoints = dice.shuffle(pool.addresses.filter((address) => !virtual.includes(address))).slice(0, 1 + dice.roll(3));
    if (cluster === undefined || endpoints.length === 0) return null;
    // kube-proxy's own is 3: two tables of one priority would be asked in an order that nobody tells
    const own = numberOf(table) % 7;
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'nft', text });
    const at = (address: string, of: number): string => (family === 4 ? `${address}:${of}` : `[${address}]:${of}`);
    const rules = [
      add(`add table ${table}`),
      add(`add set ${table} cluster-ips { type ${type}; elements = { ${[cluster, ...others].join(', ')} }; }`),
      add(`add chain ${table} reject-chain`),
      add(`add rule ${table} reject-chain counter reject`),
      add(`add chain ${table} mark-for-masquerade`),
      add(`add rule ${table} mark-for-masquerade counter meta mark set meta mark or 0x4000`),
      ...endpoints.flatMap((endpoint, index) => [
        add(`add chain ${table} endpoint-${index}`),
        add(`add rule ${table} endpoint-${index} ${ip} saddr ${endpoint} counter jump mark-for-masquerade`),
        add(`add rule ${table} endpoint-${index} meta l4proto tcp counter dnat to ${at(endpoint, target)}`),
      ]),
      add(`add chain ${table} service`),
      add(`add rule ${table} service ${ip} daddr ${cluster} ${ip} saddr != ${dice.pick(pool.prefixes)} counter jump mark-for-masquerade`),
      add(
        `add rule ${table} service counter numgen random mod ${endpoints.length} vmap { ${endpoints.map((_, index) => `${index} : goto endpoint-${index}`).join(', ')} }`,
      ),
      add(
        `add map ${table} service-ips { type ${type} . inet_proto . inet_service : verdict; elements = { ${cluster} . tcp . ${port} : goto service }; }`,
      ),
      add(
        `add map ${table} no-endpoint-services { type ${type} . inet_proto . inet_service : verdict; elements = { ${cluster} . tcp . ${closed} : goto reject-chain }; }`,
      ),
      add(`add chain ${table} services`),
      add(`add rule ${table} services counter ${ip} daddr . meta l4proto . th dport vmap @service-ips`),
      add(`add chain ${table} masquerading`),
      add(`add rule ${table} masquerading meta mark & 0x4000 == 0 counter return`),
      add(`add rule ${table} masquerading counter meta mark set meta mark xor 0x4000`),
      add(`add rule ${table} masquerading counter masquerade`),
      add(`add chain ${table} endpoints-check`),
      add(`add rule ${table} endpoints-check counter ${ip} daddr . meta l4proto . th dport vmap @no-endpoint-services`),
      add(`add chain ${table} cluster-ips-check`),
      add(`add rule ${table} cluster-ips-check ${ip} daddr @cluster-ips counter reject`),
      add(`add chain ${table} nat-prerouting { type nat hook prerouting priority dstnat - 1; }`),
      add(`add rule ${table} nat-prerouting counter jump services`),
      add(`add chain ${table} nat-output { type nat hook output priority -101; }`),
      add(`add rule ${table} nat-output counter jump services`),
      add(`add chain ${table} nat-postrouting { type nat hook postrouting priority srcnat - 1; }`),
      add(`add rule ${table} nat-postrouting counter jump masquerading`),
      ...['input', 'forward', 'output'].flatMap((hook) => [
        add(`add chain ${table} filter-${hook} { type filter hook ${hook} priority filter - ${3 + own}; }`),
        add(`add rule ${table} filter-${hook} ct state new counter jump endpoints-check`),
        ...(hook === 'input' ? [] : [add(`add rule ${table} filter-${hook} ct state new counter jump cluster-ips-check`)]),
      ]),
    ];
    const meant = { destination: cluster, protocol: 'tcp', flags: 'S' } as const;
    return {
      rules,
      aims: [
        { ...meant, dport: port },
        { ...meant, dport: port },
        { ...meant, dport: closed },
        { ...meant, dport: 1 },
      ],
    };
  },
});

import { construct } from '../construct.ts';
import { GATEWAYS, isRouter, line } from '../ways.ts';

/** rp_filter by the mark of the packet, which a rule sets: marked, its source is looked for by another link. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, here, pool, backend } = site;
    const device = dice.pick(here.devices).name;
    const [mark, table] = [dice.pick(pool.marks), 140 + dice.roll(20)];
    const painted = {
      form: 'iptables',
      in: here.name,
      by: [],
      backend,
      family: 4,
      table: 'mangle',
      text: `-A PREROUTING -i ${device} -p ${dice.pick(['udp', 'tcp'])} -j MARK --set-mark ${mark}`,
    } as const;
    return {
      rules: [
        line(
          site,
          `sysctl -qw net.ipv4.conf.${device}.src_valid_mark=${dice.pick([1, 1, 1, 0])} net.ipv4.conf.${device}.rp_filter=${1 + dice.roll(2)}`,
        ),
        line(site, `ip rule add fwmark ${mark} priority ${1000 + dice.roll(8000)} lookup ${table}`),
        line(site, `ip route replace 10.${1 + dice.roll(3)}.0.0/24 via ${dice.pick(GATEWAYS[4])} table ${table}`),
        painted,
      ],
    };
  },
});

import { construct, numberOf } from '../construct.ts';
import { diversion, ledHere, PROXIED } from '../diverted.ts';
import type { Rule } from '../rule.ts';

/** `tproxy to`, in a table of its own: of one family, or of both where the statement names one. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    const { dice, here, family, fresh } = site;
    const own = family === 4 ? 'ip' : 'ip6';
    const isBoth = dice.roll(2) === 0;
    const name = fresh('proxied');
    const table = `${isBoth ? 'inet' : own} ${name}`;
    const { protocol, dport, toPort, toAddress, aims } = diversion(site);
    const address = toAddress === null ? '' : family === 4 ? toAddress : `[${toAddress}]`;
    // without a port it needs an address
    const port = toPort === 0 && address !== '' ? '' : `:${toPort === 0 ? 443 : toPort}`;
    const to = `tproxy${isBoth ? ` ${own}` : ''} to ${address}${port}`;
    const add = (text: string, by: readonly string[] = []): Rule => ({ in: here.name, by, form: 'nft', text });
    const priority = -148 + (numberOf(name) % 40);
    // behind the counter it is what is left out to see what it decides; before it the counter tells whether there was a socket
    const diverts = dice.roll(4) > 0 ? `counter ${to} meta mark set ${PROXIED} accept` : `${to} meta mark set ${PROXIED} counter accept`;
    const nfproto = isBoth ? `meta nfproto ipv${family} ` : '';
    return {
      rules: [
        ...ledHere(site),
        add(`add table ${table}`),
        add(`add chain ${table} own { type filter hook prerouting priority ${priority}; }`),
        add(`add rule ${table} own ${nfproto}${protocol} dport ${dport} ${diverts}`, ['nft/tproxy']),
      ],
      aims,
    };
  },
});

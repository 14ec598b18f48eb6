import { construct } from '../construct.ts';
import { REMEMBERING_PLACES } from '../remembering-places.ts';
import type { Rule } from '../rule.ts';

const KINDS = {
  'hash:ip': ['src', 'dst'],
  'hash:ip,port': ['src,dst', 'dst,dst'],
  'hash:net': ['src', 'dst'],
  'hash:ip,port,net': ['src,dst,dst'],
} as const;

/** What `-j SET` puts into a set and takes out of it, found by the rules after it; each packet begins by taking its own element out, whoever came before. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, backend, fresh, pool }) => {
    const [table, hook] = dice.pick(REMEMBERING_PLACES);
    const chain = fresh('SETS');
    const name = fresh('sets');
    const kind = dice.pick(Object.keys(KINDS) as (keyof typeof KINDS)[]);
    const ends = dice.pick<string>(KINDS[kind]);
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'iptables', backend, family, table, text });
    const line = (run: string): Rule => ({ in: here.name, by: [], form: 'line', run });
    const rule = (text: string): Rule => add(`-A ${chain} ${text}`);
    const inside = kind === 'hash:net' && dice.roll(2) === 0 ? [line(`ipset add ${name} ${dice.pick(pool.prefixes)}`)] : [];
    const sometimes = dice.pick(['', '', '-p udp ', `-p udp -m udp --dport ${dice.pick(pool.ports)} `]);
    const asks = Array.from({ length: 1 + dice.roll(3) }, () => {
      const not = dice.roll(4) === 0 ? '! ' : '';
      const does = dice.pick(['', `-j SET --del-set ${name} ${ends}`, `-j SET --add-set ${name} ${ends} --exist`]);
      return rule(`${dice.roll(3) === 0 ? sometimes : ''}-m set ${not}--match-set ${name} ${ends} ${does}`.trim());
    });
    const last = rule(`-m set --match-set ${name} ${ends} -j ${dice.pick(['ACCEPT', 'RETURN', 'DROP'])}`);
    return {
      rules: [
        line(`ipset create ${name} ${kind} family ${family === 4 ? 'inet' : 'inet6'}`),
        ...inside,
        add(`-A ${hook} -j ${chain}`),
        rule(`-j SET --del-set ${name} ${ends}`),
        rule(`${sometimes}-j SET --add-set ${name} ${ends}`),
        ...asks,
        last,
      ],
    };
  },
});

import { construct, type Site } from '../construct.ts';
import type { Backend, Rule } from '../rule.ts';

/** A rule's options, and the constructs in them. */
type Part = { readonly text: string; readonly by: readonly string[] };

/** What one rule writes and the rules after it read: the last of them drops. */
type Writing = (site: Site & { readonly backend: Backend }) => readonly Part[];

const hex = (value: number): string => `0x${value.toString(16)}`;
const sets = (mark: number): Part => ({ text: `-j MARK --set-xmark ${hex(mark)}/${hex(mark)}`, by: ['filter/set-mark'] });
const keeps = (mark: number): Part => ({ text: `-j CONNMARK --set-mark ${hex(mark)}`, by: ['conntrack/set-connmark'] });
const reads = (mark: number): Part => ({ text: `-m mark --mark ${hex(mark)}/${hex(mark)} -j DROP`, by: ['filter/mark', 'filter/drop'] });
const readsKept = (mark: number): Part => ({ text: `-m connmark --mark ${hex(mark)} -j DROP`, by: ['conntrack/connmark', 'filter/drop'] });

const WRITINGS: readonly Writing[] = [
  ({ dice, pool }) => {
    const mark = dice.pick(pool.marks);
    return [sets(mark), reads(mark)];
  },
  ({ dice, pool }) => {
    const mark = dice.pick(pool.marks);
    return [keeps(mark), readsKept(mark)];
  },
  ({ dice, pool }) => {
    const mark = dice.pick(pool.marks);
    return [keeps(mark), { text: '-j CONNMARK --restore-mark', by: ['conntrack/restore-mark'] }, reads(mark)];
  },
  ({ dice, pool }) => {
    const mark = dice.pick(pool.marks);
    return [sets(mark), { text: '-j CONNMARK --save-mark', by: ['conntrack/set-connmark'] }, readsKept(mark)];
  },
  () => [
    { text: '-j DSCP --set-dscp 0x2e', by: ['filter/set-dscp'] },
    { text: '-m dscp --dscp 0x2e -j DROP', by: ['filter/dscp', 'filter/drop'] },
  ],
  () => [
    { text: '-j TOS --set-tos 0x10', by: ['filter/set-tos'] },
    { text: '-m tos --tos 0x10 -j DROP', by: ['filter/tos', 'filter/drop'] },
  ],
];

/** What a rule writes into a packet or its connection is read by the rules after it, for some of the packets. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    const { dice, here, family, backend, pool } = site;
    const hook = dice.pick(here.role === 'end' ? ['PREROUTING', 'INPUT', 'OUTPUT'] : ['PREROUTING', 'FORWARD', 'POSTROUTING', 'INPUT']);
    const port = dice.pick(pool.ports);
    const some = dice.pick([`-p udp -m udp --dport ${port}`, `-p tcp -m tcp --dport ${port}`, `-s ${dice.pick(pool.addresses)}`]);
    const rules = dice
      .pick(WRITINGS)(site)
      .map(
        ({ text, by }): Rule => ({
          in: here.name,
          by,
          form: 'iptables',
          backend,
          family,
          table: 'mangle',
          text: `-A ${hook} ${some} ${text}`,
        }),
      );
    return { rules };
  },
});

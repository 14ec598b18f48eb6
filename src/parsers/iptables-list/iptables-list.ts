import type { Origin } from '#snapshot/origin';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coversTable, tableOf } from '../iptables-rules/table.ts';
import { backendIn } from '../iptables-save/iptables-save.ts';
import type { Chain, Counters, IptablesTable, Rule } from '../iptables-save/rule.ts';
import { unread } from '../iptables-save/unread.ts';
import { coverageOf, linesOf, quoted, wholeNumber } from '../lines.ts';
import { type Columns, rowOf } from './row.ts';

const CHAIN =
  /^Chain (\S{1,64}) \((?:policy (ACCEPT|DROP)(?: (\d{1,20}[KMGT]?) packets, (\d{1,20}[KMGT]?) bytes)?|(-?\d{1,10}) references)\)/;
const HEADINGS = /^(num +)?( *pkts +bytes +)?target +prot +(?:opt +)?(?:in +out +)?source +destination/;

function countersOf(packets: string | undefined, bytes: string | undefined): Counters | undefined {
  const [one, other] = [wholeNumber(packets), wholeNumber(bytes)];
  return one === undefined || other === undefined ? undefined : { packets: one, bytes: other };
}

function chainOf(found: RegExpExecArray, origin: Origin): Chain & { rules: Rule[] } {
  const [, name = '', policy, packets, bytes] = found;
  return {
    name,
    origin,
    policy: policy === 'ACCEPT' || policy === 'DROP' ? policy : null,
    counters: countersOf(packets, bytes),
    rules: [],
  };
}

function parse(input: Input): Parsed {
  // only ip6tables prints ::/0 or leaves the opt column empty
  const family = input.argv.some((word) => /(^|\/)ip6tables/.test(word)) || /\s::\/0\s/.test(input.text.slice(0, 20_000)) ? 6 : 4;
  const chains: (Chain & { rules: Rule[] })[] = [];
  const problems: Problem[] = [];
  let columns: Columns | undefined;
  for (const [index, line] of linesOf(input.text).entries()) {
    const origin = lineOf(input, index + 1);
    if (line.trim() === '' || line.startsWith('#')) continue;
    const short = line.slice(0, 4000);
    const chain = CHAIN.exec(short);
    const headings = chain === null ? HEADINGS.exec(short) : null;
    const last = chains.at(-1);
    if (chain !== null) chains.push(chainOf(chain, origin));
    else if (headings !== null) columns = { numbered: headings[1] !== undefined, counted: headings[2] !== undefined };
    else {
      const rule = last === undefined || columns === undefined ? undefined : rowOf(short, columns, family, origin);
      if (rule !== undefined) last?.rules.push(rule);
      const why = rule === undefined ? `not a line of iptables -L: ${quoted(line)}` : rule.problem;
      if (why !== null) problems.push({ line: index + 1, why });
      if (rule === undefined && last !== undefined && columns !== undefined) last.rules.push(unread(line, why ?? '', origin));
    }
  }
  const first = chains[0];
  if (first === undefined) return { readings: [], problems };
  const builtIn = new Set(chains.filter(({ policy }) => policy !== null).map(({ name }) => name));
  const table: IptablesTable = { family, backend: backendIn(input), table: tableOf(input, builtIn), chains, origin: first.origin };
  const covers = coverageOf(input) === true ? coversTable(input, /^(?:-\w*L|--list)$/, table) : [];
  return { readings: [{ ...reading('iptables', [table], covers), rendered: true }], problems };
}

/** `iptables -L`, best with -n and -v: the rules of one table as a list for people. */
export default defineFormat({
  id: 'iptables-list',
  is: '`iptables -L`, best with -n -v: the rules of one table as a list',
  tells: ['iptables'],
  recognise: (head) =>
    /^Chain \S{1,64} \((?:policy|-?\d{1,10} references)/m.test(head) && /^(?:num +)?(?: *pkts +bytes +)?target +prot/m.test(head) ? 1 : 0,
  parse,
});

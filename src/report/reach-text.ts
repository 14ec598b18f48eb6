import type { Cell, ReachMatrix } from '#engine/reach/matrix';
import type { AskedPort } from '#engine/reach/policy-side';
import type { Facts } from '#facts/facts';
import type { Family } from '#net/ip';
import { policyLints } from '#policy/lints';
import { policiesOf } from '#policy/policies';
import { amount } from './amount.ts';

const MARKS = { yes: '✓', no: '✗', partly: '◐', unknown: '?' } as const;
/** Rows that are alike fold into one beyond so many. */
const MOST_NAMES = 3;
const WIDTH = 160;

/** A port as people write it. */
export const portText = (port: AskedPort): string => (port === null ? 'icmp' : `${port.port}/${port.protocol.toLowerCase()}`);

/** Who reaches whom, worst first: cells that fail for the same reason are one paragraph. */
export function reachText(matrix: ReachMatrix, facts: Facts, findings: ReadonlyMap<Cell, string>): string {
  const { cells } = matrix;
  const lines = [headline(matrix), enforcementText(facts)];
  for (const verdict of ['no', 'partly', 'unknown'] as const) {
    const own = cells.filter((cell) => cell.verdict === verdict);
    lines.push(...paragraphs(own, findings, MARKS[verdict]));
  }
  const odd = cells.filter(({ verdict, sample }) => verdict === 'yes' && sample.cause !== null);
  lines.push(...paragraphs(odd, findings, '!'));
  const fine = cells.filter(({ verdict, sample }) => verdict === 'yes' && sample.cause === null);
  if (fine.length > 0)
    lines.push(
      '',
      `${MARKS.yes}  ${fine.length} of ${cells.length} ${cells.length === 1 ? 'answer is' : 'answers are'} yes; -o wide shows each`,
    );
  const lints = policyLints(facts);
  if (lints.length > 0) lines.push('', 'policies that do less than they seem to:', ...lints.map(({ says }) => `   ${cut(says)}`));
  return lines.join('\n');
}

function headline({ cells, isGrouped, pairs }: ReachMatrix): string {
  const count = (verdict: Cell['verdict']): number => cells.filter((cell) => cell.verdict === verdict).length;
  const counted = (['yes', 'no', 'partly', 'unknown'] as const).map((verdict) => `${count(verdict)} ${verdict}`).join(', ');
  const isApart = cells.some(({ family }) => family !== null);
  return `${amount(pairs, 'pair')}${isGrouped ? ` as ${cells.length} of workloads` : ''}: ${counted}${isApart ? ', by family where IPv4 and IPv6 differ' : ''}`;
}

function enforcementText(facts: Facts): string {
  const { enforcer } = policiesOf(facts);
  if (enforcer.is === 'enforced') return `policies are enforced by ${enforcer.by}`;
  return enforcer.is === 'not enforced'
    ? `policies are not enforced: ${enforcer.because}`
    : `whether policies are enforced is not known: ${enforcer.gap.detail}`;
}

type Paragraph = { readonly cells: Cell[]; readonly finding: string | null };

/** Cells by the reason that they share. */
function paragraphs(cells: readonly Cell[], findings: ReadonlyMap<Cell, string>, mark: string): readonly string[] {
  const byCause = new Map<string, Paragraph>();
  for (const cell of cells) {
    const finding = findings.get(cell) ?? null;
    const key = finding ?? cell.causes[0]?.says ?? '';
    const paragraph = byCause.get(key) ?? { cells: [], finding };
    paragraph.cells.push(cell);
    byCause.set(key, paragraph);
  }
  return [...byCause.values()].flatMap((paragraph) => ['', ...paragraphText(paragraph, mark)]);
}

function paragraphText({ cells, finding }: Paragraph, mark: string): readonly string[] {
  const [first] = cells;
  if (first === undefined) return [];
  const causes = first.causes.slice(0, MOST_NAMES);
  const reason = causes.map(({ is, says }) => `   ${is === 'policy' ? 'denied by policy: ' : ''}${cut(says)}`);
  const shown = cells.slice(0, MOST_NAMES).map((cell) => `${mark}  ${cellText(cell)}`);
  const rest = cells.length > MOST_NAMES ? [`${mark}  … and ${cells.length - MOST_NAMES} more for the same reason`] : [];
  return [...shown, ...rest, ...(finding === null ? [] : [`   because of ${finding}`]), ...reason];
}

function cellText({ from, to, port, family, counts, verdict }: Cell): string {
  const all = counts.yes + counts.no + counts.partly + counts.unknown;
  const share = verdict === 'partly' && all > 1 ? ` (${counts.no} of ${all} pairs fail)` : '';
  return `${from.name} → ${to.name} ${portText(port)}${family === null ? '' : ` over IPv${family}`}${share}`;
}

const cut = (text: string): string => (text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text);

/** Who reaches whom as a matrix: a row a sender, a column a target; two where its families do not answer everybody alike. */
export function reachWide({ cells, pairs, isGrouped }: ReachMatrix): string {
  const rows = [...new Set(cells.map(({ from }) => from.name))];
  const apart = new Set(cells.flatMap((cell) => (cell.family === null ? [] : [columnOf(cell)])));
  const columnsOf = (cell: Cell): readonly string[] => {
    const own = columnOf(cell);
    if (!apart.has(own)) return [own];
    return (cell.families.length === 0 ? FAMILIES : cell.families).map((family) => `${own} over IPv${family}`);
  };
  const columns = [...new Set(cells.flatMap(columnsOf))].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const marks = new Map(
    cells.flatMap((cell) => columnsOf(cell).map((column) => [`${cell.from.name}\0${column}`, MARKS[cell.verdict]] as const)),
  );
  const width = Math.max(...rows.map((row) => row.length));
  const body = rows.map((row) => {
    const own = columns.map((column, index) => (marks.get(`${row}\0${column}`) ?? '·').padEnd(String(index + 1).length));
    return `${row.padEnd(width)}  ${own.join(' ')}`;
  });
  const numbers = columns.map((_, index) => index + 1).join(' ');
  const legend = columns.map((column, index) => `  ${index + 1}  ${column}`);
  const title = `${amount(pairs, 'pair')}${isGrouped ? ' by workload' : ''}; ${Object.entries(MARKS)
    .map(([verdict, mark]) => `${mark} ${verdict}`)
    .join('  ')}  · itself${apart.size === 0 ? '' : ', or no address of that family'}`;
  return [title, '', `${''.padEnd(width)}  ${numbers}`, ...body, '', ...legend].join('\n');
}

const FAMILIES: readonly Family[] = [4, 6];
const columnOf = ({ to, port }: Cell): string => `${to.name} ${portText(port)}`;

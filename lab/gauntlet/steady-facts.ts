import { product } from './asking.ts';

/** Facts as the product prints them, by what they are about. */
export type SteadyFacts = ReadonlyMap<string, string>;

/** How many differences a report lists. */
const LISTED = 12;
const SHOWN = 420;

/** What in archives does not change by itself; as it would be after the mend of a finding, when one is named. */
export async function steadyFacts(
  archives: readonly string[],
  after?: { readonly fault: string; readonly subject: string },
): Promise<SteadyFacts> {
  const mended = after === undefined ? [] : ['--after', after.fault, '--subject', after.subject];
  const { code, stdout, stderr } = await product(['facts', ...archives, '--steady', ...mended]);
  if (code !== 0) throw new Error(`leadline facts ended with ${code}: ${stderr.trim().slice(-600)}`);
  return new Map(
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line): [string, string] => {
        const { kind, scope, key, fact }: { kind: string; scope: string; key: string; fact: unknown } = JSON.parse(line); // printed by the product
        return [`${kind} of ${scope}: ${key}`, JSON.stringify(fact)];
      }),
  );
}

/** What one has and the other has not, or has otherwise, in words. */
export function differences(expected: SteadyFacts, now: SteadyFacts, drifts: readonly string[] = []): readonly string[] {
  const is = new Map([...now].filter(([about]) => !drifts.includes(about)));
  const missing = [...expected].filter(([about]) => !now.has(about)).map(([about]) => `not there: ${about}`);
  const more = [...is].filter(([about]) => !expected.has(about)).map(([about]) => `not expected: ${about}`);
  const other = [...is].flatMap(([about, fact]) => {
    const wanted = expected.get(about);
    return wanted === undefined || wanted === fact ? [] : [`${about} is ${fields(fact, wanted)}, not ${fields(wanted, fact)}`];
  });
  const all = [...missing, ...more, ...other].map((one) => one.slice(0, SHOWN));
  return all.length <= LISTED ? all : [...all.slice(0, LISTED), `and ${all.length - LISTED} more`];
}

/** The fields of a fact that another one has otherwise. */
function fields(fact: string, other: string): string {
  const [mine, theirs]: readonly Readonly<Record<string, unknown>>[] = [JSON.parse(fact), JSON.parse(other)];
  const differ = Object.entries(mine ?? {}).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(theirs?.[name]));
  return JSON.stringify(Object.fromEntries(differ));
}

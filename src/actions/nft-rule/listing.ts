import { depthOf, handleIn, withoutShown } from '#facts/nft/rule-text';

/** A rule as nft lists it now: with what it counted, without, and its handle. */
export type ListedRule = { readonly text: string; readonly plain: string; readonly handle: number | undefined };

/** The statements of a chain, each on one line: nft breaks long sets over several. */
function statementsOf(listed: string): readonly string[] {
  const inside: string[] = [];
  let [depth, open] = [0, ''];
  for (const line of listed.split('\n').map((one) => one.trim())) {
    const isIn = depth >= 2;
    depth += depthOf(line);
    if (!isIn || depth < 2) continue;
    open = open === '' ? line : `${open} ${line}`;
    if (depth > 2 || open === '') continue;
    inside.push(open);
    open = '';
  }
  return inside;
}

/** One rule as `nft -a` prints it. */
export function listedRule(line: string): ListedRule {
  const { text, handle } = handleIn(line);
  return { text, plain: withoutShown(text), handle };
}

/** The rules in what `nft -a list chain` prints of one chain. */
export const rulesListed = (listed: string): readonly ListedRule[] =>
  statementsOf(listed)
    .filter((text) => !/^(?:type \w+ hook |comment "|#)/.test(text))
    .map((line) => listedRule(line));

import type { FactOf } from '#facts/kinds';
import { defineFormat, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';

type Namespace = FactOf<'namespace'>;

const told = (text: string | undefined): string | null | undefined => (text === '-' ? null : text);
const number = (text: string | undefined): number | null | undefined => (text === '-' ? null : wholeNumber(text));

/** The scope's name of the root namespace is empty; the collector writes a dot. */
const idOf = (text: string): string => (text === '.' ? '' : text);

function namespaceOf(words: readonly string[]): Omit<Namespace, 'origin'> | undefined {
  const id = words[1];
  const value = (name: string): string | undefined => {
    const at = words.indexOf(name, 2);
    return at < 0 || at % 2 !== 0 ? undefined : words[at + 1];
  };
  if (id === undefined) return undefined;
  const pids = value('pids');
  return {
    id: idOf(id),
    inode: wholeNumber(value('inode')),
    name: told(value('name')),
    nsid: number(value('nsid')),
    pids:
      pids === '-'
        ? []
        : pids
            ?.split(',')
            .map(wholeNumber)
            .filter((pid) => pid !== undefined),
    pod: undefined,
  };
}

/** What the collector writes: a `netns` line per namespace, and `pod` lines for what the runtime says of them. */
export default defineFormat({
  id: 'namespaces',
  is: 'the network namespaces of a node, as the collector writes them',
  tells: ['namespace'],
  recognise: (head) => (/^netns \S+ inode \S+ nsid \S+ name /m.test(head) ? 0.99 : 0),
  parse: (input): Parsed => {
    const byId = new Map<string, Namespace>();
    const problems: Problem[] = [];
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const words = wordsOf(line);
      const [what, id = '', namespace, name, uid] = words;
      if (what === 'netns') {
        const made = namespaceOf(words);
        if (made !== undefined) byId.set(made.id, { ...made, origin: lineOf(input, index + 1) });
      } else if (what === 'pod' && namespace !== undefined && name !== undefined) {
        const of = byId.get(idOf(id));
        if (of === undefined) problems.push({ line: index + 1, why: `no namespace ${id} before its pod` });
        else byId.set(of.id, { ...of, pod: { namespace, name, uid: uid === '-' ? undefined : uid } });
      } else problems.push({ line: index + 1, why: `no namespace: ${quoted(line)}` });
    }
    return { readings: [reading('namespace', [...byId.values()], coverageOf(input))], problems };
  },
});

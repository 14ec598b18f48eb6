import type { Input, Problem } from '../format.ts';
import { linesOf, quoted, wordsOf } from '../lines.ts';
import { type Draft, isType, type Sets, setOf, takeMember } from './draft.ts';

/** `create NAME TYPE OPTIONS…` and `add NAME ELEMENT OPTIONS…`, as `ipset save` writes them and `ipset restore` reads them. */
export function readSave(input: Input): Sets {
  const drafts = new Map<string, Draft>();
  const problems: Problem[] = [];
  for (const [index, line] of linesOf(input.text).entries()) {
    const at = index + 1;
    const [command = '', name = '', third = '', ...options] = wordsOf(line);
    if (command === '' || command.startsWith('#') || command === 'COMMIT') continue;
    const draft = drafts.get(name);
    if ((command === 'create' || command === '-N') && isType(third)) {
      drafts.set(name, draft ?? { name, type: third, options, line: at, members: [], problem: null });
    } else if ((command === 'add' || command === '-A') && draft !== undefined) takeMember(draft, third, options, at, problems);
    else {
      problems.push({ line: at, why: `not a line of ipset save: ${quoted(line)}` });
      if (draft !== undefined) draft.problem ??= `not understood: ${quoted(line)}`;
    }
  }
  return { sets: [...drafts.values()].map((draft) => setOf(draft, input)), problems };
}

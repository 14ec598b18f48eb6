import type { Input, Problem } from '../format.ts';
import { linesOf, quoted, wordsOf } from '../lines.ts';
import { type Draft, isType, type Sets, setOf, takeMember } from './draft.ts';

/** Lines of a set's heading that say nothing of what it holds. */
const PLAIN = /^(?:Revision|Size in memory|References|Number of entries): /;

type State = { draft: Draft | undefined; inMembers: boolean };

/** The blocks that `ipset list` writes: headings, then `Members:` with one element a line, with a blank line between sets. */
export function readList(input: Input): Sets {
  const drafts: Draft[] = [];
  const problems: Problem[] = [];
  const state: State = { draft: undefined, inMembers: false };
  for (const [index, line] of linesOf(input.text).entries()) {
    const at = index + 1;
    if (line.startsWith('Name: ')) {
      state.draft = { name: line.slice(6).trim(), type: '', options: [], line: at, members: [], problem: 'its members are not shown' };
      state.inMembers = false;
      drafts.push(state.draft);
    } else if (line.trim() === '' || line.startsWith('#')) state.inMembers = false;
    else if (!takeLine(state, line, at, problems)) problems.push({ line: at, why: `not a line of ipset list: ${quoted(line)}` });
  }
  return { sets: drafts.filter(({ type }) => type !== '').map((draft) => setOf(draft, input)), problems };
}

function takeLine(state: State, line: string, at: number, problems: Problem[]): boolean {
  const { draft } = state;
  if (draft === undefined) return false;
  if (state.inMembers) {
    const [element = '', ...options] = wordsOf(line);
    takeMember(draft, element, options, at, problems);
  } else if (line.startsWith('Type: ')) {
    const type = line.slice(6).trim();
    if (!isType(type)) return false;
    draft.type = type;
  } else if (line.startsWith('Header: ')) draft.options = wordsOf(line.slice(8));
  else if (line.startsWith('Members:')) {
    state.inMembers = true;
    draft.problem = null;
  } else return PLAIN.test(line);
  return true;
}

import { inSet } from '../../ipset/lookup.ts';
import type { End } from '../../ipset/element.ts';
import type { Answer, Compile } from '../context.ts';
import { notTold } from '../not-told.ts';

const COUNTERS = ['packets-eq', 'packets-lt', 'packets-gt', 'bytes-eq', 'bytes-lt', 'bytes-gt'];

/** `-m set --match-set NAME src,dst` (net/netfilter/xt_set.c set_match_v4). */
export const set: Compile = (options) => {
  const option = options.get('match-set', 'set');
  const [name = '', flags = ''] = option?.values ?? [];
  const ends = flags.split(',').filter((end): end is End => end === 'src' || end === 'dst');
  const returnsNomatch = options.has('return-nomatch');
  for (const quiet of ['update-counters', 'update-subcounters']) options.get(quiet);
  const counts = COUNTERS.filter((counter) => options.has(counter)).length > 0;
  if (option === undefined || name === '' || ends.length === 0) return undefined;
  return (context): Answer => {
    const answer = inSet(context, name, { ends, at: context.at ?? 0, returnsNomatch });
    if (typeof answer !== 'string') return answer;
    const holds = answer === 'match';
    if (holds && counts) return notTold(context, 'ipset', `the counters of set ${name} change with every packet`);
    return holds !== option.not;
  };
};

import type { Compile } from '../context.ts';

/** `-m statistic`: by chance, or every nth packet, whose count nobody shows (net/netfilter/xt_statistic.c statistic_mt). */
export const statistic: Compile = (options) => {
  const mode = options.get('mode');
  const probability = options.get('probability');
  const every = options.get('every');
  options.get('packet');
  const chance = mode?.value === 'random' ? Number(probability?.value) : 1 / Number(every?.value);
  if (!(chance >= 0 && chance <= 1)) return undefined;
  const not = (probability ?? every)?.not === true;
  const holds = not ? 1 - chance : chance;
  return () => (holds <= 0 ? false : holds >= 1 ? true : { probability: holds });
};

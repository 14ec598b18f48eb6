import type { FactOf } from '#facts/kinds';
import { optionsOfFlags } from './docker.ts';
import { type Parsed, type Problem, type Reading, reading } from './format.ts';

export type Process = FactOf<'process'>;

/** Base name of what runs: of `/usr/bin/flanneld` and of `./kubelet`. */
export const programOf = (word: string): string => word.split('/').at(-1)?.replace(/:$/, '') ?? word;

/** Processes, and the bridge options that a dockerd among them was started with. */
export function processReadings(processes: readonly Process[], covers: true | readonly string[], problems: readonly Problem[]): Parsed {
  const dockerd = processes.filter(({ name, argv }) => name === 'dockerd' || (name === 'docker' && argv[1] === 'daemon'));
  const options = dockerd.map((one) => optionsOfFlags('dockerd', one.argv, one.origin));
  const readings: Reading[] = [reading('process', processes, covers)];
  if (options.length > 0) readings.push(reading('docker-options', options, ['dockerd']));
  return { readings, problems };
}

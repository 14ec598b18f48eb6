import type { BatchedSource } from '../source.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Options that old tools may lack become the variables that probing has set. As text, only devices are worth statistics. */
const ifKnown = (options: string, line: string): string =>
  options.replace('-s -s', line.startsWith('link') ? '$IP_STATISTICS' : '').replace('-d', '$IP_DETAILS');

const alone = ({ id, format, tool, options, line }: BatchedSource): string =>
  `reading ${id} ${format} ${tool} ${tool === 'ip' ? ifKnown(options, line) : options} ${line}`;

/** The shell lines that read sources of one tool with the same options: as JSON in one process, or one by one as text. */
export function batchText(batch: readonly BatchedSource[]): string {
  const [first] = batch;
  if (first === undefined) return '';
  const { tool, options } = first;
  const openings = batch.map(({ id, format, line }) => `  opening ${id} ${format}-json ${tool} ${options} -j ${line}`);
  const kept = batch.flatMap((source) => source.kept ?? [])[0];
  const asked = [
    `  ${kept === undefined ? '' : `${kept}=$(`}${tool} ${options} -j -force -batch - 2>"$SAID" <<'LINES'`,
    ...batch.map(({ line }) => line),
    'LINES',
  ];
  const printed = kept === undefined ? ['  finish $?'] : ['  )', '  status=$?', `  printf '%s\\n' "$${kept}"`, '  finish $status'];
  const json = [...openings, '  begun', ...asked, ...printed];
  const known = tool === 'ip' ? '"$IP" = json' : '"$BRIDGE" = json';
  const missing = batch.flatMap(({ gives }) =>
    gives.map((kind) => `  gap ${kind} 'not collected' ${quoted(`there is no ${tool} on this machine`)}`),
  );
  const none = tool === 'bridge' ? ['elif [ "$BRIDGE" = none ]; then', ...missing] : [];
  return [`if [ ${known} ]; then`, ...json, ...none, 'else', ...batch.map((source) => `  ${alone(source)}`), 'fi'].join('\n');
}

/** Batched sources by the process that they share, in the order of their first member. */
export function batchesOf(sources: readonly BatchedSource[]): readonly (readonly BatchedSource[])[] {
  const batches = new Map<string, BatchedSource[]>();
  for (const source of sources) {
    const key = `${source.tool} ${source.options}`;
    batches.set(key, [...(batches.get(key) ?? []), source]);
  }
  return [...batches.values()];
}

import { formOfName } from '#collect/archive/packing';
import { textOption, type Typed, UsageError } from './command.ts';

/** What `--out` of a snapshot takes, for the help. */
export const OUT_TAKES = 'where to write: .tar.gz, .tar or a folder';

/** The name that a snapshot is to be written under. */
export function outOption(options: Typed['options']): string {
  const out = textOption(options, 'out');
  if (out === undefined) throw new UsageError('--out names the file to write');
  return asWritten(out, '--out');
}

/** A name for a snapshot, before anything is read for it: one that promises a kind of file which is not written is a wrong call. */
export function asWritten(path: string, toldBy: string): string {
  const form = formOfName(path);
  if (form.is !== 'not written') return path;
  throw new UsageError(
    `${toldBy} ${path} promises ${form.promises}: a snapshot is written as .tar.gz, .tar or a folder; ` +
      `type ${form.instead}, or ${path}/ for a folder of that name`,
  );
}

import type { Facts } from '#facts/facts';
import { ownersAt } from '#intent/owner/owners';
import { ownedLines } from '#intent/owner/place';
import { whyJson, whyText } from '#report/why';
import type { Origin } from '#snapshot/origin';
import type { Snapshot } from '#snapshot/snapshot';
import { choiceOption, defineCommand, EXIT, UsageError, UserError } from '../command.ts';
import { openSnapshots } from '../open.ts';

export default defineCommand({
  name: 'why',
  summary: 'tells whose a rule, chain, set, route or device is, and what of Kubernetes stands behind it',
  configure: (command) =>
    void command
      .argument('<snapshot-and-place...>', 'archives or folders, then FILE:LINE (or FILE#PATH in a JSON document) as evidence cites it')
      .option('-o, --output <format>', 'text or json', 'text'),
  act: async ({ args, options }, world) => {
    const format = choiceOption(options, 'output', ['text', 'json']);
    const place = args.at(-1);
    if (place === undefined || args.length < 2)
      throw new UsageError('why takes snapshots and then a place: leadline why a.tar.gz nodes/A/iptables-nft-save_-c:17');
    const { facts, snapshot, quote } = await openSnapshots(args.slice(0, -1), world);
    const where = placeOf(place, snapshot);
    const owned = ownersAt(facts, where, quote(where) ?? '');
    if (owned.length === 0) throw new UserError(nothingAt(where, facts));
    world.print(format === 'json' ? JSON.stringify(whyJson(owned, quote), null, 2) : whyText(owned, quote));
    return EXIT.fine;
  },
});

/** A place of the snapshot; a file may be named by its end where that is enough. */
export function placeOf(text: string, { index }: Pick<Snapshot, 'index'>): Origin {
  const [, byPath, path] = /^(.+?)#(.+)$/.exec(text) ?? [];
  const [, byLine, line] = /^(.+):(\d{1,9})$/.exec(text) ?? [];
  const name = byPath ?? byLine;
  if (name === undefined) throw new UsageError(`a place is FILE:LINE or FILE#PATH, not ${JSON.stringify(text)}`);
  const files = [...new Set(index.entries.map(({ file }) => file))];
  const found = files.includes(name) ? [name] : files.filter((file) => file.endsWith(`/${name}`));
  const [file] = found;
  if (file === undefined) throw new UsageError(`the snapshot has no file ${name}${kinText(name, files)}`);
  if (found.length > 1) throw new UsageError(`${name} could be ${found.slice(0, 4).join(', ')}${found.length > 4 ? ' …' : ''}`);
  return path === undefined ? { file, line: Number(line) } : { file, path };
}

const FEW = 4;

/** The files of the same program, which another node or another table may have written. */
function kinText(name: string, files: readonly string[]): string {
  const program = (path: string): string => /^\w+?(?=_|-|$)/.exec(path.split('/').at(-1) ?? '')?.[0] ?? path;
  const kin = files.filter((file) => program(file) === program(name));
  return kin.length === 0 ? '' : `; it has ${kin.slice(0, FEW).join(', ')}${kin.length > FEW ? ' …' : ''}`;
}

/** What the name of a reading tells of its form: `ip_-d_-j_link_show`, `objects.json`. */
const IN_JSON = /(?:^|[_/])-j(?:_|$)|json/;

/** What to do where nothing was read: the lines near it that were. */
export function nothingAt({ file, line, path }: Origin, facts: Facts): string {
  const lines = ownedLines(facts, file);
  const near =
    line === undefined ? [] : [...new Set(lines)].sort((one, other) => Math.abs(one - line) - Math.abs(other - line)).slice(0, 3);
  const hint =
    near.length > 0
      ? `; near: ${near.join(', ')}`
      : path === undefined && IN_JSON.test(file)
        ? '; in a JSON document a place is FILE#PATH, as evidence cites it'
        : '; rules, chains, sets, routes and devices have owners';
  return `nothing that has an owner was read at ${file}${path === undefined ? `:${line}` : `#${path}`}${hint}`;
}

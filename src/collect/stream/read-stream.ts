import type { Gap, GapWhy } from '#snapshot/gap';
import type { Scope } from '#snapshot/scope';
import type { Clock, Entry } from '#snapshot/snapshot';
import { type Archive, archiveOf, BrokenArchive } from '../archive/archive.ts';
import { sources } from '../sources/sources.ts';
import { entryName } from './entry-name.ts';
import { type Frame, framesOf, type Opening } from './frames.ts';

type Reading = { readonly entry: Omit<Entry, 'parts'>; readonly content: Buffer };

/** The snapshot that the script's stream tells. */
export function readStream(stream: Buffer): Archive {
  const told = new Told();
  for (const frame of framesOf(stream)) told.take(frame);
  return told.archive();
}

const HALF_SECOND_MS = 500;

/** What has been told so far. */
class Told {
  #node = '';
  #version = '';
  #clock: Clock | undefined;
  #done = false;
  readonly #clocks: Clock[] = [];
  readonly #gaps: Gap[] = [];
  readonly #readings: Reading[] = [];
  readonly #names = new Map<string, number>();

  take(frame: Frame): void {
    if (frame.is === 'tool') this.#version = frame.version;
    else if (frame.is === 'node') this.#node = frame.name;
    else if (frame.is === 'done') this.#done = true;
    else if (frame.is === 'clock') this.#takeClock(frame);
    else if (frame.is === 'served') this.#compareClock(frame);
    else if (frame.is === 'gap')
      this.#gaps.push({ of: frame.of, scope: this.#scope(frame.where), why: whyOf(frame.why), detail: frame.detail });
    else this.#takeReading(frame);
  }

  archive(): Archive {
    if (this.#node === '') throw new BrokenArchive('the capture ends before it says which node it is of');
    if (!this.#done)
      this.#gaps.push({
        of: 'capture',
        scope: this.#scope('.'),
        why: 'failed',
        detail: 'the capture was cut short: its last line is missing',
      });
    const times = this.#readings.flatMap(({ entry }) => [entry.started, entry.ended]).filter((time) => time !== undefined);
    const window =
      times.length === 0 ? {} : { window: { from: times.reduce((a, b) => Math.min(a, b)), to: times.reduce((a, b) => Math.max(a, b)) } };
    const tool = { name: 'leadline', version: this.#version };
    return archiveOf({ format: 'leadline-snapshot', version: 1, tool, ...window, clocks: this.#clocks, gaps: this.#gaps }, this.#readings);
  }

  #takeClock({ look, wall, uptime, bootId, zoneMinutes }: Extract<Frame, { is: 'clock' }>): void {
    this.#clock = {
      node: this.#node,
      look,
      wall,
      ...(uptime === undefined ? {} : { uptime }),
      ...(bootId === undefined ? {} : { bootId }),
      ...(zoneMinutes === undefined ? {} : { zoneMinutes }),
    };
    this.#clocks.push(this.#clock);
  }

  /** The first answer of a look counts; the header is cut to whole seconds. */
  #compareClock({ uptime, date }: Extract<Frame, { is: 'served' }>): void {
    const [here, there] = [this.#wall(uptime), Date.parse(date)];
    if (this.#clock === undefined || this.#clock.aheadMs !== undefined || here === undefined || Number.isNaN(there)) return;
    this.#clock = { ...this.#clock, aheadMs: here - (there + HALF_SECOND_MS) };
    this.#clocks.splice(-1, 1, this.#clock);
  }

  #takeReading(frame: Extract<Frame, { is: 'reading' }>): void {
    const [only] = frame.openings;
    if (frame.openings.length === 1 && only !== undefined) this.#add(only, frame, frame.content);
    else this.#takeBatch(frame);
  }

  /** Each command of a batch has one line of the output, but for those that failed: `Command failed -:3`. */
  #takeBatch(frame: Extract<Frame, { is: 'reading' }>): void {
    const failed = new Set([...frame.said.matchAll(/Command failed -:(\d+)/g)].map(([, line]) => Number(line) - 1));
    const lines = linesOf(frame.content);
    const told = frame.openings.filter((_, at) => !failed.has(at));
    const whole = lines.length === told.length;
    for (const [at, opening] of frame.openings.entries()) {
      const line = whole ? lines[told.indexOf(opening)] : undefined;
      const ok = line !== undefined && !failed.has(at);
      this.#add(
        opening,
        { ...frame, exit: ok ? 0 : frame.exit === 0 ? 1 : frame.exit, said: ok ? '' : frame.said },
        line ?? Buffer.alloc(0),
      );
    }
  }

  #add(opening: Opening, { exit, said, uptime }: Extract<Frame, { is: 'reading' }>, content: Buffer): void {
    const scope = this.#scope(opening.where);
    const look = this.#clock?.look ?? 1;
    const started = this.#wall(opening.uptime);
    const ended = this.#wall(uptime);
    const entry = {
      scope,
      file: this.#fileName(scope, look, opening),
      argv: opening.argv,
      exit,
      look,
      ...(started === undefined ? {} : { started }),
      ...(ended === undefined ? {} : { ended }),
      ...(opening.format === '-' ? {} : { format: opening.format }),
    };
    this.#readings.push({ entry, content });
    if (exit !== 0) this.#gaps.push(...gapsOf(opening, scope, exit, said));
  }

  #fileName(scope: Scope, look: number, { argv, format }: Opening): string {
    const name = entryName(scope, look, argv, format);
    const before = this.#names.get(name) ?? 0;
    this.#names.set(name, before + 1);
    return before === 0 ? name : `${name}~${before + 1}`;
  }

  #scope(where: string): Scope {
    return { node: this.#node, netns: where === '.' ? '' : where };
  }

  /** Entries carry the seconds since boot; the look's clock turns them into the wall's time. */
  #wall(uptime: number | undefined): number | undefined {
    const { uptime: then, wall } = this.#clock ?? {};
    return uptime === undefined || then === undefined || wall === undefined ? undefined : Math.round(wall + (uptime - then) * 1000);
  }
}

function linesOf(content: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < content.length; ) {
    const end = content.indexOf(10, start);
    const line = content.subarray(start, end < 0 ? content.length : end + 1);
    if (line.length > 1) lines.push(line);
    start += Math.max(line.length, 1);
  }
  return lines;
}

function gapsOf({ source, argv }: Opening, scope: Scope, exit: number | null, said: string): readonly Gap[] {
  const gives: readonly string[] = sources.find(({ id }) => id === source)?.gives ?? [source];
  const detail =
    said.split('\n', 3).join('; ') || (exit === null ? `${argv.join(' ')} did not end` : `${argv.join(' ')} ended with ${exit}`);
  return (gives.length === 0 ? [source] : gives).map((of) => ({ of, scope, why: reasonOf(exit, said), detail }));
}

function reasonOf(exit: number | null, said: string): GapWhy {
  if (exit === null || exit === 124 || exit === 143) return 'timed out';
  if (/permission denied|operation not permitted|must be root|not super-user/i.test(said)) return 'denied';
  return 'failed';
}

const WHYS: readonly GapWhy[] = ['not collected', 'failed', 'denied', 'timed out'];

const whyOf = (text: string): GapWhy => WHYS.find((why) => why === text) ?? 'failed';

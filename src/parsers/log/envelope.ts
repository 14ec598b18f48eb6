import type { Clock } from '#snapshot/snapshot';
import { readJson, textAt } from '../document.ts';
import { isoTime, monthOf, ofDay, resolve } from './time.ts';

/** What stands around a component's own line: who wrote it and when, as journald or a container runtime noted it. */
export type Envelope = { readonly component: string | undefined; readonly at: number | undefined; readonly body: string };

/** `flanneld[123]:`, `systemd:`, `kernel:`; `(flanneld)[123]:` is systemd's own word before it becomes the program. */
const IDENTITY = /^\(?([\w.@/-]{1,128})\)?(?:\[\d{1,10}\])?: (.*)$/;

/** journald's short-full; another time zone than UTC is a name that does not tell the offset. */
const FULL = /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) (\S{1,10}) \S{1,253} (.*)$/;

/** journald's short form; a Chinese or Japanese locale writes the month as `8月`. */
const SHORT = /^([A-Z][a-z]{2}|\d{1,2}月) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) (\S{1,253}) (.*)$/;

function journal(line: string, clock: Clock | undefined): Envelope | undefined {
  const short = SHORT.exec(line);
  if (short !== null) {
    const [, month = '', day = '', time = '', , rest = ''] = short;
    const ofDayMs = ofDay(time);
    const at =
      ofDayMs === undefined || monthOf(month) === 0 ? undefined : resolve({ month: monthOf(month), day: Number(day), ofDayMs }, clock);
    return identified(rest, at);
  }
  const full = FULL.exec(line);
  if (full !== null) return identified(full[4] ?? '', full[3] === 'UTC' ? isoTime(`${full[1]}T${full[2]}Z`) : undefined);
  const iso = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)) (\S{1,253}) (.*)$/.exec(line);
  return iso === null ? undefined : identified(iso[3] ?? '', isoTime(iso[1] ?? ''));
}

function identified(rest: string, at: number | undefined): Envelope | undefined {
  const identity = IDENTITY.exec(rest);
  return identity === null ? undefined : { component: identity[1]?.split('/').at(-1), at, body: identity[2] ?? '' };
}

/** CRI (`2026-11-21T05:43:23.1Z stderr F …`) and Docker's json-file lines. */
function container(line: string): Envelope | undefined {
  const cri = /^(\d{4}-\d\d-\d\dT\S{8,35}) (?:stdout|stderr) [FP] (.*)$/.exec(line);
  if (cri !== null) return { component: undefined, at: isoTime(cri[1] ?? ''), body: cri[2] ?? '' };
  if (!line.startsWith('{"log":')) return undefined;
  const read = readJson(line);
  const body = 'value' in read ? textAt(read.value, 'log') : undefined;
  if (body === undefined || !('value' in read)) return undefined;
  return { component: undefined, at: isoTime(textAt(read.value, 'time') ?? ''), body: body.replace(/\n$/, '') };
}

/** The line without what journald or the container runtime put around it. */
export const unwrapped = (line: string, clock: Clock | undefined): Envelope | undefined => container(line) ?? journal(line, clock);

import type { Clock } from '#snapshot/snapshot';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const DAY = 86_400_000;

/** A time of a log line without year and zone, as the node's wall clock had it. */
export type WallTime = { readonly month: number; readonly day: number; readonly ofDayMs: number };

/** The month that its English short name or `8月` means, from 1; 0 for none. */
export const monthOf = (name: string): number => MONTHS.indexOf(name) + 1 || Number(/^(\d{1,2})月$/.exec(name)?.[1] ?? 0);

/** `05:43:23.632871` as milliseconds of a day. */
export function ofDay(text: string): number | undefined {
  const [, hours, minutes, seconds, fraction = ''] = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const ms = Number(`0.${fraction === '' ? '0' : fraction}`) * 1000;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + ms;
}

/** Milliseconds since 1970, with the year and the zone of the look's clock; nothing where these were not captured. */
export function resolve(time: WallTime, clock: Clock | undefined): number | undefined {
  if (clock?.zoneMinutes === undefined || time.month < 1 || time.month > 12 || time.day < 1 || time.day > 31) return undefined;
  const zoneMs = clock.zoneMinutes * 60_000;
  const year = new Date(clock.wall + zoneMs).getUTCFullYear();
  const at = (of: number): number => Date.UTC(of, time.month - 1, time.day) + time.ofDayMs - zoneMs;
  // a line cannot be younger than the look: then it is last year's
  return at(year) > clock.wall + DAY ? at(year - 1) : at(year);
}

/** A time with date and zone (RFC 3339, and `+0000` as journald writes it). */
export function isoTime(text: string): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)$/.exec(text);
  if (parts === null) return undefined;
  const [, date, time, fraction = '0', zone = 'Z'] = parts;
  const at = Date.parse(`${date}T${time}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`);
  return Number.isNaN(at) ? undefined : at + Number(`0.${fraction}`) * 1000;
}

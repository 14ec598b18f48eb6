import type { FactOf } from '#facts/kinds';
import type { Clock } from '#snapshot/snapshot';
import { entryOf } from '#net/entry';
import { readJson, textAt } from '../document.ts';
import { isoTime, ofDay, resolve } from './time.ts';

type Level = FactOf<'log-line'>['level'];

/** What a component's own line tells. */
export type Body = {
  readonly at: number | undefined;
  readonly level: Level;
  readonly from: string | null | undefined;
  readonly text: string;
};

const KLOG = /^([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d\.\d{6}) +\S{1,10} ([\w.-]{1,128}:\d{1,6})\] (.*)$/;

const LETTERS: Readonly<Record<string, Level>> = { I: 'info', W: 'warning', E: 'error', F: 'fatal' };

const WORDS: Readonly<Record<string, Level>> = {
  debug: 'info',
  info: 'info',
  warn: 'warning',
  warning: 'warning',
  error: 'error',
  fatal: 'fatal',
  panic: 'fatal',
};

/** klog's header: letter, month and day, time, pid, file and line. */
function klog(line: string, clock: Clock | undefined): Body | undefined {
  const parts = KLOG.exec(line);
  if (parts === null) return undefined;
  const [, letter = '', month, day, time = '', from, text = ''] = parts;
  const ofDayMs = ofDay(time);
  const at = ofDayMs === undefined ? undefined : resolve({ month: Number(month), day: Number(day), ofDayMs }, clock);
  return { at, level: entryOf(LETTERS, letter), from, text };
}

/** `time="…" level=error msg="…"`, as dockerd and containerd write. */
function logrus(line: string): Body | undefined {
  const level = /(?:^| )level=(\w{1,10})(?: |$)/.exec(line)?.[1];
  const text = /(?:^| )msg="((?:[^"\\]|\\.){0,8192})"?/.exec(line)?.[1] ?? /(?:^| )msg=(\S{1,1024})/.exec(line)?.[1];
  if (level === undefined || text === undefined) return undefined;
  const rest = line.replace(/^time="[^"]{0,64}" /, '');
  return { at: isoTime(/^time="([^"]{0,64})"/.exec(line)?.[1] ?? ''), level: entryOf(WORDS, level), from: null, text: rest };
}

/** zap's JSON, as etcd and its client write. */
function zap(line: string): Body | undefined {
  if (!line.startsWith('{"level":')) return undefined;
  const read = readJson(line);
  if (!('value' in read)) return undefined;
  const from = textAt(read.value, 'caller');
  const message = textAt(read.value, 'msg') ?? '';
  const error = textAt(read.value, 'error');
  const level = entryOf(WORDS, textAt(read.value, 'level'));
  return { at: isoTime(textAt(read.value, 'ts') ?? ''), level, from, text: error === undefined ? message : `${message}: ${error}` };
}

/** CoreDNS: `[ERROR] plugin/errors: …`. */
function bracketed(line: string): Body | undefined {
  const parts = /^\[(INFO|WARNING|ERROR|FATAL)\] (.*)$/.exec(line);
  return parts === null ? undefined : { at: undefined, level: entryOf(WORDS, parts[1]?.toLowerCase()), from: null, text: parts[2] ?? '' };
}

/** The line as its component wrote it; nothing when it has no header of a known kind. */
export const bodyOf = (line: string, clock: Clock | undefined): Body | undefined =>
  klog(line, clock) ?? zap(line) ?? bracketed(line) ?? (line.includes('level=') ? logrus(line) : undefined);

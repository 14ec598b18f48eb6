import { isBatched, type Source, type When } from '../source.ts';
import { sources } from '../sources/sources.ts';
import { batchesOf, batchText } from './batches.ts';
import { COMPONENTS } from './components.ts';
import { ETCD } from './etcd.ts';
import { NAMESPACES } from './namespaces.ts';
import { PROBING } from './probing.ts';
import { redactionOf } from '../redaction/sed.ts';
import { LOOKING, OPTIONS } from './running.ts';
import { SYSCTLS } from './sysctls.ts';
import { WORDS } from './words.ts';

const HEAD = (version: string): string => `#!/bin/sh
# Leadline ${version}: captures what the diagnosis needs of this node's network into one file. Reads only; needs root.
# Made by \`leadline capture --script\`. Secrets are redacted before anything is written.`;

/** The whole capture as one POSIX shell file. */
export function captureScript(version: string, from: readonly Source[] = sources): string {
  return [
    HEAD(version),
    OPTIONS,
    WORDS,
    `probe() {\n${PROBING}\n}`,
    NAMESPACES,
    COMPONENTS,
    SYSCTLS,
    ETCD,
    shellFunction('on_node', `${readings(from.filter(({ where }) => where !== 'namespaces'))}\nfiles_read`),
    assigned('PROGRAM', `${WORDS}\n${SYSCTLS}\nWATCHED=\n${readings(from.filter(({ where }) => where !== 'node'))}\nfiles_read\nexit 0`),
    shellFunction('redaction', `printf '%s\\n' "${expanded(redactionOf('MARK')).replaceAll('MARK', '$MARK')}"`),
    LOOKING.replace('VERSION', version),
    '',
  ].join('\n');
}

const shellFunction = (name: string, body: string): string => `${name}() {\n${body}\n}`;

/** A variable that holds a text, whatever quotes are in it. */
const assigned = (name: string, text: string): string => `${name}='${text.replaceAll("'", String.raw`'\''`)}'`;

/** Text that double quotes give back as it is, but for variables. */
const expanded = (text: string): string => text.replaceAll(/[\\$`"]/g, '\\$&');

/** What is asked of `$LOOK` and `$all` before sources of one kind are read. */
const GUARDS: Readonly<Record<When, string>> = {
  once: '[ "$LOOK" = 1 ] || [ -n "$all" ]',
  'every look': ':',
  'later looks': '[ "$LOOK" != 1 ] && [ -z "$all" ]',
};

function readings(from: readonly Source[]): string {
  return (['once', 'every look', 'later looks'] as const)
    .map((when) => {
      const own = from.filter((source) => source.when === when);
      const batched = batchesOf(own.filter(isBatched)).map(batchText);
      const shell = own.filter((source) => !isBatched(source)).map((source) => ('shell' in source ? source.shell.trim() : ''));
      const body = [...batched, ...shell].join('\n');
      return body === '' ? '' : `if ${GUARDS[when]}; then\n${body}\nfi`;
    })
    .join('\n');
}

import type { FactOf } from '#facts/kinds';
import { numberAt, textAt } from '../document.ts';
import { defineFormat, type Input, type Parsed, pathOf, reading } from '../format.ts';
import { jsonHead, jsonList } from '../json-list.ts';
import { linesOf, quoted, readLines, wholeNumber } from '../lines.ts';

const LIST_ID = /^nsid (\d{1,9})(?: current-nsid \d{1,9})? ?(?:\(iproute2 netns name: ([^)\s]{1,255})\))?\s*$/;
const NAMED = /^([\w.-]{1,255}) \(id: (\d{1,9})\)\s*$/;

const namespaceOf = (nsid: number | null, name: string | null, origin: FactOf<'namespace'>['origin']): FactOf<'namespace'> => ({
  id: name ?? `nsid-${nsid}`,
  inode: undefined,
  name,
  nsid,
  pids: undefined,
  pod: undefined,
  origin,
});

function parseJson(input: Input): Parsed {
  const { members, problems } = jsonList(input);
  const facts = members.flatMap((value, at) => {
    const nsid = numberAt(value, 'nsid');
    return nsid === undefined ? [] : [namespaceOf(nsid, textAt(value, 'name') ?? null, pathOf(input, `[${at}]`))];
  });
  return { readings: [reading('namespace', facts, [])], problems };
}

function parse(input: Input): Parsed {
  if (input.text.trimStart().startsWith('[')) return parseJson(input);
  const parsed = readLines(input, 'namespace', (line, origin) => {
    const short = line.slice(0, 600);
    const listed = LIST_ID.exec(short);
    if (listed !== null) return namespaceOf(wholeNumber(listed[1]) ?? null, listed[2] ?? null, origin);
    const named = NAMED.exec(short);
    if (named !== null) return namespaceOf(wholeNumber(named[2]) ?? null, named[1] ?? null, origin);
    return /^[\w.-]{1,255}\s*$/.test(short)
      ? { ...namespaceOf(null, short.trim(), origin), nsid: undefined }
      : `not a namespace: ${quoted(line)}`;
  });
  return { ...parsed, readings: [reading('namespace', (parsed.readings[0]?.facts ?? []) as never, [])] };
}

/** `ip netns`, `ip netns list-id`: names and numbers of namespaces, of those that have one. */
export default defineFormat({
  id: 'ip-netns',
  is: '`ip netns` and `ip netns list-id`',
  tells: ['namespace'],
  recognise: (head) => {
    const lines = linesOf(head).filter((line) => line.trim() !== '');
    if (head.trimStart().startsWith('[')) return jsonHead(head, 'nsid');
    return LIST_ID.test((lines[0] ?? '').slice(0, 600)) || lines.some((line) => NAMED.test(line.slice(0, 600))) ? 0.95 : 0;
  },
  parse,
});

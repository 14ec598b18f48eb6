import { parseIp } from '#net/ip';
import { defineFormat, lineOf, type Parsed, reading } from '../format.ts';
import { linesOf, portNumber, quoted } from '../lines.ts';
import { NOT_COUNTED, type Observation, outcomeOf, target, typedAfter } from '../observed.ts';

/** BIND's nslookup (`Address: 10.96.0.10#53`) and busybox's (`Address: 10.96.0.10:53`, `Address 1: 10.96.0.10`). */
const ADDRESS = /^Address(?: 1)?:\s*(\[?[0-9a-fA-F.:]{2,45}?\]?)(?:[#:](\d{1,5}))?(?: \S+)?$/;
const FAILURE =
  /^(?:;; (?:connection timed out|communications error to|no servers)|nslookup: |\*\* server can't find|\*\*\* Can't find|.*: (?:connection|host|network) (?:refused|unreachable))/;

/** BIND's words of an answer that it does not take, and busybox's of a server that it could not reach. */
const GOT = /^;; Got (\S{1,64}) reply from (\S{2,64}?),?(?: trying next server)?$/;
const BUSYBOX = /^nslookup: (?:write to '([^']{2,64})'|can't connect to remote host \(([^)]{2,64})\)|read|sendto|[\w ]{1,40}): /;

/** nslookup: whether the server answered; what it answered is the detail. */
export default defineFormat({
  id: 'nslookup',
  is: 'what `nslookup` heard of a name server',
  tells: ['observation'],
  recognise: (head) =>
    /^Server:\s+\S+\n/m.test(head) && /^Address(?: 1)?:\s+\S/m.test(head)
      ? 0.96
      : /^nslookup: (?:can't (?:resolve|connect)|write to|read: |bad address)|^\*\* server can't find |^;; Got \S{1,64} reply from /m.test(
            head,
          )
        ? 0.9
        : 0,
  parse: (input): Parsed => {
    let server: { to: string; port: number | undefined; line: number } | undefined;
    let failure: string | undefined;
    let answer: string | undefined;
    let named: string | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.length > 4096) continue;
      const address = ADDRESS.exec(line.trim());
      const got = GOT.exec(line);
      const busybox = BUSYBOX.exec(line);
      named ??= got?.[2] ?? busybox?.[1] ?? busybox?.[2];
      if (got !== null) answer ??= line;
      if (address?.[1] !== undefined && server === undefined)
        server = { to: address[1], port: portNumber(address[2]) ?? 53, line: index + 1 };
      else if (FAILURE.test(line)) failure ??= line;
      else if (/^Name:/.test(line) || (address !== null && server !== undefined)) answer ??= line;
    }
    const typed = typedAfter(input.argv, /(?:^|\/)nslookup$/).filter((word) => !word.startsWith('-'));
    const to = server?.to ?? named ?? typed.slice(1).find((word) => parseIp(word) !== undefined);
    if (to === undefined) return { readings: [], problems: [{ line: 1, why: 'the text does not tell which server was asked' }] };
    if (answer === undefined && failure?.startsWith(';; connection timed out') && named === undefined && !input.argv.includes('busybox'))
      return {
        readings: [],
        problems: [{ line: 1, why: 'BIND before 9.18 says this of a server that refused and of one that was silent' }],
      };
    // that a name is not there is an answer of the server
    const negative = failure !== undefined && /can't find .*(?:NXDOMAIN|SERVFAIL|REFUSED|No answer|Non-existent)/i.test(failure);
    const outcome: Observation['outcome'] =
      answer !== undefined || negative ? 'answered' : failure === undefined ? 'silent' : (outcomeOf(failure) ?? 'silent');
    const detail = quoted((negative ? failure : (answer ?? failure)) ?? 'no answer');
    const fact: Observation = {
      by: 'nslookup',
      from: undefined,
      to: target(to),
      protocol: 'udp',
      port: server?.port ?? 53,
      ...NOT_COUNTED,
      outcome,
      detail,
      origin: lineOf(input, server?.line ?? 1),
    };
    return { readings: [reading('observation', [fact], [])], problems: [] };
  },
});

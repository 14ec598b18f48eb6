import { defineFormat, type Input, lineOf, type Parsed, reading } from '../format.ts';
import { linesOf, portNumber, quoted } from '../lines.ts';
import { NOT_COUNTED, type Observation, outcomeOf, target } from '../observed.ts';

const TRYING = /^\* +Trying ([\d.]{7,15}|\[?[0-9a-fA-F:]{2,39}\]?)(?::(\d{1,5}))?\.\.\./;
const CONNECTED = /^\* Connected to \S{1,253} \(([\da-fA-F.:]{2,45})\) port (\d{1,5})/;
const FAILED =
  /^\* (?:connect to ([\da-fA-F.:]{2,45}) port (\d{1,5}) (?:from \S{1,64} port \d{1,5} )?failed: |Immediate connect fail for ([\da-fA-F.:]{2,45}): )/;
const GAVE_UP =
  /^(?:\* |curl: \((?:7|28|35|52|55|56)\) )(?:Failed to connect|Connection timed out|Operation timed out|Recv failure|Send failure|Empty reply|Could not connect|Connection timeout)/;

type Open = {
  line: number;
  to: string;
  port: number | undefined;
  connected: boolean;
  answer: string | undefined;
  error: string | undefined;
};

/** The port of the URL that was asked for. */
function portOfUrl(input: Input): number | undefined {
  const url = input.argv.find((word) => /^https?:\/\//.test(word));
  if (url === undefined) return undefined;
  return portNumber(/^https?:\/\/[^/]{1,300}?:(\d{1,5})(?:\/|$)/.exec(url)?.[1]) ?? (url.startsWith('https') ? 443 : 80);
}

/** Without -v there is one line alone: until 7.86 it told the reason, later ones tell only that there was no connection. */
const ALONE = /^curl: \(7\) Failed(?: to)? connect to ([^\s:]{1,253}|\[[\da-f:.]{2,45}\]) port (\d{1,5})(?: after \d{1,9} ms)?: ?(.*)$/;
const WAITED = /^curl: \(28\) (?:Connection timed out after|Connection timeout|Failed to connect to \S{1,253} port \d{1,5})/;

/** The host of the URL that was asked for, as it was written. */
const hostOfUrl = (input: Input): string | undefined =>
  input.argv.flatMap((word) => /^(?:https?|telnet):\/\/(?:[^/@]{0,200}@)?(\[[^\]]{2,45}\]|[^/:]{1,253})/.exec(word)?.[1] ?? []).at(-1);

/** What curl's one line tells, or why that is nothing. */
function aloneIn(line: string, at: number): Open | string | undefined {
  const [, to, port, why = ''] = ALONE.exec(line) ?? [];
  if (to === undefined) return undefined;
  if (outcomeOf(why) === undefined)
    return 'the line does not tell whether the address refused, was silent or cannot be reached: `curl -v` does';
  return { line: at, to, port: portNumber(port), connected: false, answer: undefined, error: line };
}

/** That a connection was waited for in vain is told without the address: the command line has it. */
function waitedIn(line: string, at: number, input: Input): Open | undefined {
  const to = WAITED.test(line) ? hostOfUrl(input) : undefined;
  return to === undefined ? undefined : { line: at, to, port: undefined, connected: false, answer: undefined, error: line };
}

function observe(one: Open, input: Input): Observation {
  const failure = one.error === undefined ? undefined : (outcomeOf(one.error) ?? 'silent');
  const outcome =
    one.answer !== undefined ? 'answered' : !one.connected ? (failure ?? 'silent') : failure === undefined ? 'answered' : 'mixed';
  const detail = quoted(one.answer ?? one.error ?? (one.connected ? 'connected' : 'no answer while it was waited for'));
  const port = one.port ?? portOfUrl(input);
  return {
    by: 'curl',
    from: undefined,
    to: target(one.to),
    protocol: 'tcp',
    port,
    ...NOT_COUNTED,
    outcome,
    detail,
    origin: lineOf(input, one.line),
  };
}

/** `curl -v`: one observation per address that was tried. Connected but no answer is both kinds: `mixed`. */
export default defineFormat({
  id: 'curl',
  is: 'what `curl -v` met',
  tells: ['observation'],
  recognise: (head) =>
    /^\* +(?:Trying \S+\.\.\.|Connected to |Could not resolve host|Resolving timed out|Rebuilt URL)/m.test(head)
      ? 0.97
      : /^curl: \(\d{1,2}\) /m.test(head)
        ? 0.9
        : 0,
  parse: (input): Parsed => {
    const found: Open[] = [];
    let untold: string | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.length > 4096) continue;
      const trying = TRYING.exec(line);
      const connected = CONNECTED.exec(line);
      const named = trying ?? connected ?? FAILED.exec(line);
      const to = (named?.[1] ?? named?.[3])?.replace(/^\[|\]$/g, '');
      if (to !== undefined && (trying !== null || !found.some((one) => one.to === to))) {
        found.push({ line: index + 1, to, port: portNumber(named?.[2]), connected: false, answer: undefined, error: undefined });
      }
      const own = to === undefined ? found.at(-1) : (found.find((one) => one.to === to && one.error === undefined) ?? found.at(-1));
      if (own === undefined) {
        const alone = aloneIn(line, index + 1) ?? waitedIn(line, index + 1, input);
        if (typeof alone === 'string') untold = alone;
        else if (alone !== undefined) found.push(alone);
        continue;
      }
      own.port ??= portNumber(named?.[2]);
      if (connected !== null) own.connected = true;
      else if (/^< HTTP\/[\d.]+ \d{3}/.test(line)) own.answer = line.slice(2);
      else if (FAILED.test(line) || GAVE_UP.test(line)) own.error ??= line;
    }
    const unresolved = found.length === 0 && /Could not resolve host|Resolving timed out/i.test(input.text.slice(0, 65_536));
    const problems =
      found.length > 0
        ? []
        : [{ line: 1, why: unresolved ? 'the name was not resolved, nothing was asked' : (untold ?? 'no address was tried') }];
    return {
      readings: [
        reading(
          'observation',
          found.map((one) => observe(one, input)),
          [],
        ),
      ],
      problems,
    };
  },
});

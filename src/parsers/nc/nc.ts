import { defineFormat } from '../format.ts';
import { portNumber, quoted, readLines } from '../lines.ts';
import { NOT_COUNTED, type Observation, outcomeOf, target } from '../observed.ts';

type Words = { readonly to: string; readonly port: string; readonly udp?: boolean };

/** The ends that a line names: netcat-openbsd, netcat-traditional, ncat, busybox. */
function endsOf(line: string): Words | undefined {
  const forms = [
    /^Connection to (?<to>\S{1,253}) (?:\(\S{1,64}\) )?(?<port>\d{1,5}) port \[(?<protocol>\w{3})\//,
    /^nc: connect to (?<to>\S{1,253}) (?:\(\S{1,64}\) )?port (?<port>\d{1,5}) \((?<protocol>\w{3})\) failed: /,
    /\[(?<to>[\da-fA-F.:]{2,45})\] (?<port>\d{1,5}) (?:\([\w?.-]{1,32}\) ?)?(?:open|: )/,
    /^Ncat: Connected to (?<to>\S{1,253}):(?<port>\d{1,5})\.$/,
    /^(?:nc: )?\S{1,253} \((?<to>[\da-fA-F.:[\]]{2,47}):(?<port>\d{1,5})\)(?: open$|: )/,
  ];
  for (const form of forms) {
    const { to, port, protocol } = form.exec(line)?.groups ?? {};
    if (to !== undefined && port !== undefined) return { to, port, ...(protocol === 'udp' ? { udp: true } : {}) };
  }
  return undefined;
}

/** `nc -v` in its four kinds. */
export default defineFormat({
  id: 'nc',
  is: 'what `nc -v` met at a port',
  tells: ['observation'],
  recognise: (head) =>
    head.split('\n', 20).some((line) => line.length < 1000 && (endsOf(line) !== undefined || line.startsWith('Ncat: '))) ? 0.9 : 0,
  parse: (input) => {
    const { readings, problems } = readLines(input, 'observation', (line, origin) => {
      if (line.length > 1000 || /^Ncat: (?:Version|\d)|inverse host lookup|^(?:Warning|DNS fwd)|^ sent \d/.test(line)) return undefined;
      const said = endsOf(line);
      const typed = input.argv.filter((word) => !word.startsWith('-'));
      const to = said?.to ?? typed.at(-2);
      const port = portNumber(said?.port ?? typed.at(-1));
      const udp = said?.udp === true || input.argv.some((word) => /^-\w*u/.test(word));
      const open = /\bsucceeded!$|\bopen$|^Ncat: Connected to /.test(line);
      const outcome: Observation['outcome'] | undefined = open ? 'answered' : outcomeOf(line);
      if (outcome === undefined || to === undefined || port === undefined) return undefined;
      // an open UDP port is one that nothing was heard of
      const heard = udp && open ? 'silent' : outcome;
      const fact: Observation = {
        by: 'nc',
        from: undefined,
        to: target(to),
        protocol: udp ? 'udp' : 'tcp',
        port,
        ...NOT_COUNTED,
        outcome: heard,
        detail: quoted(line),
        origin,
      };
      return fact;
    });
    return { readings: readings.map((one) => ({ ...one, covers: [] })), problems };
  },
});

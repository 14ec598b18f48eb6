import { defineFormat } from '../format.ts';
import { quoted, readLines } from '../lines.ts';

const NAMED = /^([\w.-]{1,255})(?: \(id: (\d{1,10})\))?$/;

/** `ip netns list`: names under /run/netns, and the number by which this namespace knows them. */
export default defineFormat({
  id: 'ip-netns',
  is: 'the named network namespaces (`ip netns list`)',
  tells: ['namespace'],
  recognise: (head) => (/^[\w.-]{1,255} \(id: \d{1,10}\)$/m.test(head) ? 0.95 : 0),
  parse: (input) => {
    const { readings, problems } = readLines(input, 'namespace', (line, origin) => {
      const [, name, nsid] = NAMED.exec(line.trim()) ?? [];
      if (name === undefined) return `no namespace: ${quoted(line)}`;
      const known = nsid === undefined ? undefined : Number(nsid);
      return { id: name, inode: undefined, name, nsid: known, pids: undefined, pod: undefined, origin };
    });
    // those without a name are not listed
    return { readings: readings.map((one) => ({ ...one, covers: [] })), problems };
  },
});

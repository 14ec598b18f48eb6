import { defineFormat } from '../format.ts';
import { hexAddress, hexPort } from '../ipvs-words.ts';
import { quoted, readLines, wordsOf } from '../lines.ts';

const HEAD = /^Pro FromIP\s+FPrt ToIP\s+TPrt DestIP\s+DPrt State\s+Expires/;

/** The connections of IPVS as the kernel lists them (ip_vs_conn_seq_show). */
export default defineFormat({
  id: 'proc-ip-vs-conn',
  is: '/proc/net/ip_vs_conn: connections of IPVS',
  tells: ['ipvs-connection'],
  recognise: (head) => (HEAD.test(head) ? 1 : 0),
  parse: (input) =>
    readLines(input, 'ipvs-connection', (line, origin) => {
      if (HEAD.test(line)) return undefined;
      const [protocol = '', from, fromPort, to, toPort, at, atPort, state = '', expires = ''] = wordsOf(line);
      const [client, virtual, server] = [hexAddress(from), hexAddress(to), hexAddress(at)];
      const [clientPort, virtualPort, serverPort] = [hexPort(fromPort), hexPort(toPort), hexPort(atPort)];
      if (client === undefined || virtual === undefined || server === undefined || !/^\d{1,10}$/.test(expires))
        return `no connection: ${quoted(line)}`;
      if (clientPort === undefined || virtualPort === undefined || serverPort === undefined) return `no ports: ${quoted(line)}`;
      const ends = { client, clientPort, virtual, virtualPort, server, serverPort };
      return { protocol: protocol.toLowerCase(), ...ends, state, expiresSeconds: Number(expires), origin };
    }),
});

import { connect } from 'node:net';
import { parseIp } from '#net/ip';
import { defineCommand, EXIT, numberOption, UsageError } from '../command.ts';
import { connectOnce, type Target } from './connecting.ts';

const DEFAULT_PORT = 8080;
const MAX_PORT = 65535;

/** Whether a printed line tells that somebody answered. */
export const isAnswer = (line: string | undefined): boolean => line === 'connected' || line === 'refused';

export default defineCommand({
  name: 'probe',
  summary: 'opens a TCP connection to each address from where it runs, and says how each was answered',
  configure: (command) =>
    void command
      .argument('<address[:port]...>', 'an address; a refusal counts as an answer (default port: 8080)')
      .option('--timeout <seconds>', 'how long to wait for an answer (default: 3)'),
  act: async ({ args, options }, world) => {
    const targets = args.map(targetOf);
    const timeoutMs = (numberOption(options, 'timeout') ?? 3) * 1000;
    const probed = await Promise.all(targets.map((target) => connectOnce(connect, target, timeoutMs)));
    for (const one of probed) world.print(one);
    return probed.every(isAnswer) ? EXIT.fine : EXIT.errors;
  },
});

function targetOf(text: string): Target {
  const bare = parseIp(text);
  if (bare !== undefined) return { address: bare, port: DEFAULT_PORT };
  const [, host = '', port] = /^\[?([0-9a-fA-F.:]*?)\]?(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = parseIp(host);
  if (address === undefined)
    throw new UsageError(`probe takes an address, as 10.100.41.2, 10.100.41.2:80 or [2001:db8::1]:80, not ${JSON.stringify(text)}`);
  const number = Number(port ?? DEFAULT_PORT);
  if (number < 1 || number > MAX_PORT) throw new UsageError(`a port is a number from 1 to ${MAX_PORT}, not ${port}`);
  return { address, port: number };
}

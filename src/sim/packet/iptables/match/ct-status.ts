import { untoldAssured } from '../../conntrack/assured-stream.ts';
import { type Connection, isExpected, seenBy, UNTOLD_MASTER } from '../../conntrack/connection.ts';
import type { Answer, Context, Options, Test } from '../context.ts';
import { negated } from '../context.ts';
import { notTold } from '../not-told.ts';

const STATUS = new Set(['NONE', 'EXPECTED', 'SEEN_REPLY', 'CONFIRMED', 'ASSURED']);

function has(connection: Connection, status: string, context: Context): Answer {
  if (status === 'SEEN_REPLY') return connection.seenReply;
  if (status === 'CONFIRMED') return connection.confirmed;
  if (status === 'ASSURED') {
    const { assured = false } = connection;
    return assured ?? notTold(context, 'conntrack', untoldAssured(connection));
  }
  if (status === 'NONE') return false; // it has no bit
  return isExpected(connection) ?? notTold(context, 'conntrack', UNTOLD_MASTER);
}

/** `--ctstatus`: one of several bits of the connection (enum ip_conntrack_status). */
export function statusTest(options: Options): Test | undefined | null {
  const option = options.get('ctstatus');
  if (option === undefined) return null;
  const wanted = option.value.split(',');
  if (!wanted.every((one) => STATUS.has(one))) return undefined;
  return negated(option.not, (context) => {
    const connection = seenBy(context.track);
    if (connection === null) return false;
    const answers = wanted.map((one) => has(connection, one, context));
    return answers.includes(true) || (answers.find((answer) => answer !== false) ?? false);
  });
}

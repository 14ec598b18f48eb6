import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CALLS, watchCreated, watchEvents } from './gateway.ts';
import { bytesIn, field, longIn, type Message, messageIn } from './messages.ts';
import { inRange, Refused, type Store } from './store.ts';
import { answerV2, type V2Store } from './v2.ts';

const BODY_LIMIT = 2 * 1024 * 1024;

/** etcd's HTTP side as far as flannel, its users and Leadline's collector ask: v3's JSON gateway, v2 keys, version and health. */
export function etcdServer(store: Store, v2: V2Store): Server {
  return createServer((request, response) => {
    answer(store, v2, request, response).catch((error: unknown) => {
      const refused = error instanceof Refused ? error : new Refused('etcdserver: bad request', 3);
      send(response, refused.code === 5 ? 404 : 400, { error: refused.message, message: refused.message, code: refused.code });
    });
  });
}

async function answer(store: Store, v2: V2Store, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://etcd');
  if (url.pathname === '/version') return send(response, 200, { etcdserver: '3.4.23', etcdcluster: '3.4.0' });
  if (url.pathname === '/health') return send(response, 200, { health: 'true' });
  const body = await bodyOf(request);
  if (url.pathname.startsWith('/v2/keys')) return answerV2(v2, request.method ?? 'GET', url, body, response);
  const [, call = ''] = /^\/v3(?:beta|alpha)?\/(.+)$/.exec(url.pathname) ?? [];
  const message = messageIn(body === '' ? {} : JSON.parse(body));
  if (call === 'watch') return watch(store, message, request, response);
  const known = CALLS[call];
  if (known === undefined) {
    response.writeHead(404).end('404 page not found\n');
    return;
  }
  send(response, 200, known(store, message));
}

/** One line of JSON for each answer, until the watcher goes. */
function watch(store: Store, message: Message, request: IncomingMessage, response: ServerResponse): void {
  const wanted = messageIn(field(message, 'create_request'));
  const [start, end] = [bytesIn(wanted, 'key') ?? '', bytesIn(wanted, 'range_end')];
  const say = (line: Message): void => void response.write(`${JSON.stringify(line)}\n`);
  response.writeHead(200, { 'content-type': 'application/json' });
  say(watchCreated(store));
  const stop = store.watch(Number(longIn(wanted, 'start_revision')), (changes) => {
    const mine = changes.filter(({ now }) => inRange(now.key, start, end));
    if (mine.length > 0) say(watchEvents(store, mine));
  });
  request.on('close', stop);
  response.on('close', stop);
}

function send(response: ServerResponse, code: number, message: Message): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(message));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > BODY_LIMIT) throw new Refused('etcdserver: request is too large', 3);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

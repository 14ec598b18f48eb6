import { request } from 'node:http';

/** One call of etcd's v3 JSON gateway. */
export function call(endpoint: string, path: string, body: unknown, timeoutMs = 5000): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(`/v3/${path}`, endpoint), { method: 'POST', timeout: timeoutMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        try {
          const message: unknown = JSON.parse(text);
          if (response.statusCode === 200) resolve(message);
          else reject(new Error(errorOf(message)));
        } catch {
          reject(new Error(text.trim() || `HTTP ${response.statusCode}`));
        }
      });
    });
    asked.on('timeout', () => asked.destroy(new Error('context deadline exceeded')));
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}

const errorOf = (message: unknown): string =>
  typeof message === 'object' && message !== null && 'error' in message ? String(message.error) : 'unknown error';

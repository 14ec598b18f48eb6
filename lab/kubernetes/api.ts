import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

/** An object of the API as it is sent and read. */
export type ApiObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
} & Readonly<Record<string, unknown>>;

/** The API as its administrator reaches it. */
export type Api = {
  /** Creates an object under its collection's path; the answer is the object as the API keeps it. */
  readonly create: (collection: string, object: ApiObject) => Promise<ApiObject>;
  /** Writes a part of an object that only its status sub-resource takes. */
  readonly patchStatus: (path: string, status: object) => Promise<ApiObject>;
  readonly get: (path: string) => Promise<string>;
  readonly close: () => void;
};

const LIMIT_MS = 60_000;

/** Talks to a kube-apiserver with a token; its own certificate is the one that is trusted. */
export function apiOf(endpoint: string, certificate: string, token: string): Api {
  const agent = new Agent({ ca: readFileSync(certificate), keepAlive: true, maxSockets: 16 });
  const ask = (method: string, path: string, body?: object, type = 'application/json'): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': type }) };
      const asked = request(`${endpoint}${path}`, { method, agent, headers, timeout: LIMIT_MS }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode}: ${text.slice(0, 600)}`));
        });
      });
      asked.on('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer`)));
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const object = async (text: Promise<string>): Promise<ApiObject> => JSON.parse(await text); // the API's own answer
  return {
    create: (collection, made) => object(ask('POST', collection, made)),
    patchStatus: (path, status) => object(ask('PATCH', `${path}/status`, { status }, 'application/merge-patch+json')),
    get: (path) => ask('GET', path),
    close: () => agent.destroy(),
  };
}

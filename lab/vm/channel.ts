import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A wire to one port of the guest, spoken in lines. */
export class Channel {
  readonly #server: Server;
  #socket: Socket | undefined;
  readonly #waiting: string[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens at a path that the machine then connects to; every line that comes is heard. */
  static async at(path: string, heard: (line: string) => void): Promise<Channel> {
    const server = createServer();
    const channel = new Channel(server);
    server.once('connection', (socket) => {
      channel.#socket = socket;
      socket.on('error', () => {}); // whoever waits is told by the end of the machine
      createInterface({ input: socket })
        .on('line', heard)
        .on('error', () => {});
      for (const line of channel.#waiting.splice(0)) channel.write(line);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    return channel;
  }

  write(line: string): void {
    if (this.#socket === undefined) this.#waiting.push(line);
    else this.#socket.write(`${line}\n`);
  }

  close(): void {
    this.#server.close();
    this.#socket?.destroy();
  }
}

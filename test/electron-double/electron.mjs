// A recording double of the `electron` module: it takes the place of the real one under plain Node (see hooks.mjs), writes
// down what the app asked for, and lets a test fire the events that Electron would. Where the two differ, the real Electron of
// test/electron decides; here every row of the checklist is asked in a second, on every machine.
import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';

export const record = {
  order: [],
  windows: [],
  schemes: [],
  handlers: {},
  opened: [],
  children: [],
  exits: [],
  quits: 0,
  quitsPrevented: 0,
  menus: 0,
  isFirst: process.env.DOUBLE_SECOND_INSTANCE !== '1',
  portsHandedOver: [],
};
globalThis.electronDouble = record;
const note = (what) => void record.order.push(what);

/** An event with preventDefault, as Electron hands to its listeners. */
export function preventable(fields = {}) {
  const event = { defaultPrevented: false, preventDefault: () => void (event.defaultPrevented = true), ...fields };
  return event;
}

let ready;
const whenReady = new Promise((done) => (ready = done));
export const app = Object.assign(new EventEmitter(), {
  isPackaged: true,
  name: 'upright',
  whenReady: () => whenReady,
  isReady: () => record.order.includes('ready'),
  enableSandbox: () => note('enableSandbox'),
  setPath: (name) => note(`setPath ${name}`),
  getPath: () => '/nowhere',
  getVersion: () => '0.0.0',
  requestSingleInstanceLock: () => (note('requestSingleInstanceLock'), record.isFirst),
  commandLine: { appendSwitch: (name) => note(`appendSwitch ${name}`) },
  quit() {
    record.quits++;
    const event = preventable();
    app.emit('before-quit', event);
    if (event.defaultPrevented) record.quitsPrevented++;
    else app.exit(0);
  },
  exit(code) {
    record.exits.push(code);
    app.emit('double-exit', code);
  },
});
globalThis.electronDoubleReady = () => (note('ready'), ready());

class WebContents extends EventEmitter {
  constructor(id) {
    super();
    Object.assign(this, { id, reloads: 0, destroyed: false });
    this.mainFrame = {
      url: 'app://upright/index.html',
      postMessage: (channel, message, ports) => record.portsHandedOver.push({ channel, message, ports }),
    };
  }
  setWindowOpenHandler(handler) {
    this.openHandler = handler;
  }
  reload() {
    this.reloads++;
  }
  isDestroyed() {
    return this.destroyed;
  }
}

export class BrowserWindow extends EventEmitter {
  constructor(options) {
    super();
    note('BrowserWindow');
    this.options = options;
    this.loads = [];
    this.webContents = new WebContents(record.windows.length + 1);
    record.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url) {
    this.loads.push(url);
  }
  async loadFile(file) {
    this.loads.push(`file:${file}`);
  }
  show() {}
  isMinimized() {
    return true;
  }
  restore() {
    note('restore');
  }
  focus() {
    note('focus');
  }
  static getAllWindows() {
    return record.windows;
  }
}

class Session extends EventEmitter {
  setPermissionRequestHandler(handler) {
    record.handlers.request = handler;
  }
  setPermissionCheckHandler(handler) {
    record.handlers.check = handler;
  }
  setDevicePermissionHandler(handler) {
    record.handlers.device = handler;
  }
}
export const session = { defaultSession: new Session() };

export const protocol = {
  registerSchemesAsPrivileged: (schemes) => (note('registerSchemesAsPrivileged'), record.schemes.push(...schemes)),
  handle: (scheme, handler) => void (record.handlers[`protocol ${scheme}`] = handler),
};
export const ipcMain = new EventEmitter();
ipcMain.handle = (channel, handler) => ipcMain.on(channel, handler);
export const powerMonitor = new EventEmitter();
export const shell = { openExternal: async (url) => void record.opened.push(url) };
export const Menu = { setApplicationMenu: () => record.menus++, buildFromTemplate: (template) => template };
export const dialog = {};

/** Electron's ports have `on`, and an event with `data`; underneath these are Node's. */
class PortMain extends EventEmitter {
  constructor(port) {
    super();
    this.port = port;
    port.on('message', (data) => this.emit('message', { data, ports: [] }));
    port.on('close', () => this.emit('close'));
  }
  start() {
    this.port.start();
  }
  postMessage(message) {
    this.port.postMessage(message);
  }
  close() {
    this.port.close();
  }
}
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- the shape is Electron's
export class MessageChannelMain {
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new PortMain(port1);
    this.port2 = port2; // the page's end
  }
}

/** A child that writes down what it is told, and leaves when asked, as the real entries do. */
class Child extends EventEmitter {
  constructor(file, options) {
    super();
    Object.assign(this, { file, options, told: [], toldAfterExit: 0, gone: false, pid: undefined });
  }
  postMessage(message) {
    if (this.gone) this.toldAfterExit++;
    this.told.push(message);
    if (message.kind === 'leave') setTimeout(() => this.end(0), 20);
  }
  end(code) {
    if (this.gone) return;
    this.gone = true;
    this.emit('exit', code);
  }
  kill() {
    this.end(0);
    return true;
  }
}
export const utilityProcess = {
  fork(file, _args, options) {
    const child = new Child(file, options);
    record.children.push(child);
    return child;
  },
};

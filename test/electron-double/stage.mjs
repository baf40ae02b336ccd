// Loads the bundled main process on the double, fires what a hostile or unlucky day would, and reports what came of it.
//   node --import ./hooks.mjs stage.mjs BUNDLE SCENE        the facts go to the parent as one message
import { pathToFileURL } from 'node:url';
import { app, ipcMain, powerMonitor, preventable, record, session } from './electron.mjs';

const [bundle, scene] = process.argv.slice(2);
const pause = (ms = 30) => new Promise((done) => setTimeout(done, ms));
const report = (facts) => process.send(facts, () => process.exit(0));
const stops = () => record.children.flatMap(({ told }) => told.filter(({ kind }) => kind === 'stop').map(({ reason }) => reason));
const control = () => record.children.filter(({ file }) => file.endsWith('control.js'));

app.on('double-exit', (code) => {
  if (scene === 'exception' || scene === 'rejection') report({ exits: [code], stops: stops(), leftFirst: control()[0].gone });
});
await import(pathToFileURL(bundle).href);
const beforeReady = [...record.order];
globalThis.electronDoubleReady();
await pause(60);

const hostile = [
  'https://evil.test/',
  'http://127.0.0.1:9999/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,<script>1</script>',
  'app://upright.evil/',
  'app://evil/upright',
  'app:upright',
  'about:blank',
  'blob:app://upright/1',
  'smb://x/y',
  'ms-msdt:/id',
  'not an address',
];
const permissions =
  'accessibility-events ar background-sync captured-surface-control clipboard-read clipboard-sanitized-write display-capture fileSystem fullscreen geolocation hid idle-detection keyboardLock media mediaKeySystem midi midiSysex notifications openExternal pointerLock serial speaker-selection storage-access top-level-storage-access unknown usb vr wake-lock window-management'.split(
    ' ',
  );

const scenes = {
  async checklist() {
    const [window] = record.windows;
    const { webContents } = window;
    const navigations = {};
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      const prevented = (url) => {
        const event = preventable({ url });
        webContents.emit(name, event, url);
        return event.defaultPrevented;
      };
      navigations[name] = { hostile: hostile.filter((url) => !prevented(url)), own: prevented('app://upright/index.html') };
    }
    const attach = preventable();
    webContents.emit('will-attach-webview', attach, {}, {});
    const choosers = {};
    for (const name of ['select-serial-port', 'select-hid-device', 'select-usb-device', 'will-download']) {
      const event = preventable();
      const chosen = [];
      const choose = (device) => chosen.push(device ?? '');
      if (name === 'select-serial-port') session.defaultSession.emit(name, event, [{ portId: '1' }], webContents, choose);
      else session.defaultSession.emit(name, event, { deviceList: [{ deviceId: '1' }] }, choose);
      choosers[name] = { prevented: event.defaultPrevented, chosen };
    }
    const granted = [];
    for (const name of permissions) {
      let decision;
      record.handlers.request(webContents, name, (yes) => (decision = yes), {});
      if (decision !== false) granted.push(`request ${name}`);
      if (record.handlers.check(webContents, name, 'app://upright', {}) !== false) granted.push(`check ${name}`);
    }
    if (record.handlers.device({ deviceType: 'usb', origin: 'app://upright' }) !== false) granted.push('device');
    const paths = [
      '../package.json',
      '%2e%2e/secret.txt',
      '..%2fsecret.txt',
      '..\\secret.txt',
      'index.html%00.js',
      '.hidden.js',
      'none.js',
      'index.txt',
      '/etc/passwd',
    ];
    const statuses = {};
    const ask = async (url, method = 'GET') =>
      (statuses[`${method} ${url}`] = (await record.handlers['protocol app'](new Request(url, { method }))).status);
    for (const path of paths) await ask(`app://upright/${path}`);
    for (const url of ['app://evil/index.html', 'app://upright.evil/index.html']) await ask(url);
    await ask('app://upright/index.html', 'POST');
    const page = await record.handlers['protocol app'](new Request('app://upright/index.html'));
    return {
      beforeReady,
      order: record.order,
      windows: record.windows.map(({ options, loads }) => ({ options, loads })),
      schemes: record.schemes,
      navigations,
      opens: hostile.map((url) => webContents.openHandler({ url }).action),
      attachPrevented: attach.defaultPrevented,
      choosers,
      granted,
      statuses,
      page: { status: page.status, body: await page.text(), headers: Object.fromEntries(page.headers) },
      opened: record.opened,
      children: record.children.map(({ file, options }) => ({ file, threads: options.env.UV_THREADPOOL_SIZE, name: options.serviceName })),
      listeners: {
        app: app.eventNames().map(String),
        process: ['uncaughtException', 'unhandledRejection'].filter((name) => process.listenerCount(name) > 0),
        power: powerMonitor.eventNames().map(String),
      },
    };
  },

  async ipc() {
    const [{ webContents }] = record.windows;
    const channels = ipcMain.eventNames();
    const forged = [];
    const frames = {
      'no frame': null,
      'another origin': { ...webContents.mainFrame, url: 'https://evil.test/' },
      'a name that begins like ours': { ...webContents.mainFrame, url: 'app://upright.evil/' },
      'a frame inside our page': { url: 'app://upright/index.html', postMessage: webContents.mainFrame.postMessage },
    };
    for (const channel of channels) {
      for (const [says, senderFrame] of Object.entries(frames)) {
        const replies = [];
        ipcMain.emit(channel, { senderFrame, sender: webContents, ports: [], reply: (...words) => replies.push(words) }, {});
        if (replies.length > 0 || record.portsHandedOver.length > 0) forged.push(`${channel}: ${says}`);
        record.portsHandedOver.length = 0;
      }
    }
    const askForPort = () => ipcMain.emit('upright:port', { senderFrame: webContents.mainFrame, sender: webContents, ports: [] });
    askForPort();
    const [first] = record.portsHandedOver;
    const heard = [];
    let firstClosed = false;
    first.ports[0].on('message', (message) => heard.push(message.kind));
    first.ports[0].on('close', () => (firstClosed = true));
    first.ports[0].postMessage({ kind: 'call', id: 1, name: 'snapshot' });
    first.ports[0].postMessage({ kind: 'call', id: 2, name: 'stop', params: { reason: 'over the port' } });
    await pause(100);
    const hostileMessages = [
      null,
      undefined,
      1,
      'call',
      [],
      {},
      { kind: 'call' },
      { kind: 'call', id: 3, name: '__proto__' },
      { kind: 'call', id: 4, name: 'push', params: { lease: 'x', force: NaN, torque: 0, seconds: 1 } },
    ];
    hostileMessages.push(
      { kind: 'call', id: 5, name: 'stop', params: { reason: 'x', more: 1 } },
      { kind: 'pong', n: new Date() },
      { kind: 'call', id: 6, name: 'stop', params: new Map() },
    );
    const stopsBefore = stops().length;
    for (const message of hostileMessages) first.ports[0].postMessage(message);
    await pause(60);
    const refused = heard.filter((kind) => kind === 'error').length;
    const results = () => heard.filter((kind) => kind === 'result').length;
    const answered = results();
    first.ports[0].postMessage({ kind: 'call', id: 7, name: 'snapshot' });
    await pause(60);
    const hostile = { refused, stops: stops().length - stopsBefore, stillServed: results() > answered };
    askForPort(); // after a reload
    await pause();
    const [second] = record.portsHandedOver[1].ports;
    second.on('message', () => {}); // a port hears nothing, not even its end, before somebody listens
    const secondClosed = new Promise((done) => second.on('close', () => done(true)));
    webContents.emit('unresponsive');
    return {
      channels,
      forged,
      given: record.portsHandedOver.map(({ channel, message, ports }) => ({ channel, message, ports: ports.length })),
      heard,
      hostile,
      stops: stops(),
      firstClosed,
      frozenPageLosesItsPort: await Promise.race([secondClosed, pause(500)]),
    };
  },

  async stopping() {
    const [window] = record.windows;
    const { webContents } = window;
    const causes = {};
    const cause = (name, act) => {
      const before = stops().length;
      act();
      causes[name] = stops().slice(before);
    };
    const key = (type, name) => webContents.emit('before-input-event', preventable(), { type, key: name });
    cause('Space', () => key('keyDown', ' '));
    cause('Esc', () => key('keyDown', 'Escape'));
    cause('releasing Space', () => key('keyUp', ' '));
    cause('another key', () => key('keyDown', 'a'));
    cause('suspend', () => powerMonitor.emit('suspend'));
    cause('lock-screen', () => powerMonitor.emit('lock-screen'));
    cause('closing the window', () => window.emit('close', preventable()));
    return { causes };
  },

  async quitting() {
    app.emit('window-all-closed');
    const atOnce = { exits: [...record.exits], prevented: record.quitsPrevented };
    app.quit(); // an impatient second time
    const [{ told }] = control();
    const order = () => told.map(({ kind }) => kind).filter((kind) => kind === 'stop' || kind === 'leave');
    await pause(300);
    return { atOnce, order: order(), exits: record.exits, goneFirst: control()[0].gone };
  },

  /** The planted bug: the same quit without our hook must end the app before its children left. */
  async quittingWithoutTheHook() {
    app.removeAllListeners('before-quit');
    app.emit('window-all-closed');
    return { exits: [...record.exits], goneFirst: control()[0].gone };
  },

  async deaths() {
    const [{ webContents }] = record.windows;
    const [first] = control();
    first.end(137);
    await pause(60);
    const restarted = control().length;
    const die = () => app.emit('render-process-gone', {}, webContents, { reason: 'crashed', exitCode: 5 });
    die();
    const reloads = webContents.reloads;
    app.emit('render-process-gone', {}, webContents, { reason: 'clean-exit', exitCode: 0 });
    const reloadsAfterCleanExit = webContents.reloads;
    app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 1 });
    die();
    die();
    const stopsBefore = stops().length;
    die();
    return {
      restarted,
      toldAfterExit: first.toldAfterExit,
      reloads,
      reloadsAfterCleanExit,
      reloadsInAll: webContents.reloads,
      stopped: stops().slice(stopsBefore),
      quits: record.quits,
    };
  },

  async exception() {
    setTimeout(() => {
      throw new Error('planted');
    });
    return new Promise(() => {});
  },
  async rejection() {
    void Promise.reject(new Error('planted'));
    return new Promise(() => {});
  },
  async secondInstance() {
    return { exits: record.exits, windows: record.windows.length, children: record.children.length };
  },
  async secondStart() {
    app.emit('second-instance', {}, []);
    return { order: record.order.filter((what) => what === 'restore' || what === 'focus') };
  },
};
report(await scenes[scene]());

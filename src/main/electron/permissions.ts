import { session } from 'electron';

/** The page needs no permission at all; Electron would grant most of them when nobody decides. Downloads are refused too. */
export function setUpPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.on('select-serial-port', (event, _ports, _contents, choose) => {
    event.preventDefault();
    choose('');
  });
  defaultSession.on('select-hid-device', (event, _details, choose) => {
    event.preventDefault();
    choose(null);
  });
  defaultSession.on('select-usb-device', (event, _details, choose) => {
    event.preventDefault();
    choose();
  });
  defaultSession.on('will-download', (event) => event.preventDefault());
}

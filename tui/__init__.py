"""The screens: they draw what drivers and desks give them and send keys on."""

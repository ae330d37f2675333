// Makes the target buildable until its first type lands.

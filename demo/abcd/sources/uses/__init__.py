"""A dependant of one version of the versioned A, and of the unversioned A that there is."""

import d_d_r_unversioned_A as unversioned
import d_d_r_versioned_A as versioned
